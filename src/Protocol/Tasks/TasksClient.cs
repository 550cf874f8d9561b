using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using OpenClaw.Protocol.Answers;
using OpenClaw.Protocol.Output;

namespace OpenClaw.Protocol.Tasks;

/// <summary>A submitted task; whole when it ended within the submit's wait.</summary>
public sealed record Accepted(string TaskId, string? SessionId, TaskView? Task);

/// <summary>The filter of a list; null means any.</summary>
public sealed record TaskFilter
{
    /// <summary>States, comma separated: <c>pending,running,failed</c>.</summary>
    public string? Status { get; init; }
    /// <summary>Worker of the latest attempt.</summary>
    public string? Worker { get; init; }
    /// <summary>Kind.</summary>
    public string? Kind { get; init; }
    /// <summary>Created at or after.</summary>
    public DateTimeOffset? Since { get; init; }
    /// <summary>Where the page before ended.</summary>
    public string? Cursor { get; init; }
    /// <summary>1 to 500.</summary>
    public int? Limit { get; init; }
}

/// <summary>
/// The task routes, typed. The <see cref="HttpClient"/> brings base address and token. Problems and answers that prove nothing are values;
/// a server that is not there is an <see cref="HttpRequestException"/>. <see cref="TaskWaiter"/> waits for an end that takes longer than a
/// call.
/// </summary>
public sealed class TasksClient(HttpClient http)
{
    /// <summary>Submits a command or a task of any kind.</summary>
    public Task<Answer<Accepted>> Submit(SubmitTask task, string? idempotencyKey = null, CancellationToken cancellation = default) =>
        PostSubmit(Routes.Tasks, task, ProtocolJson.Default.SubmitTask, idempotencyKey, cancellation);

    /// <summary>Submits the writing of a file.</summary>
    public Task<Answer<Accepted>> Submit(SubmitFileWrite task, string? idempotencyKey = null, CancellationToken cancellation = default) =>
        PostSubmit(Routes.FileWrite, task, ProtocolJson.Default.SubmitFileWrite, idempotencyKey, cancellation);

    /// <summary>Submits the reading of a file.</summary>
    public Task<Answer<Accepted>> Submit(SubmitFileRead task, string? idempotencyKey = null, CancellationToken cancellation = default) =>
        PostSubmit(Routes.FileRead, task, ProtocolJson.Default.SubmitFileRead, idempotencyKey, cancellation);

    /// <summary>Submits the edit of a file.</summary>
    public Task<Answer<Accepted>> Submit(SubmitFileEdit task, string? idempotencyKey = null, CancellationToken cancellation = default) =>
        PostSubmit(Routes.FileEdit, task, ProtocolJson.Default.SubmitFileEdit, idempotencyKey, cancellation);

    /// <summary>Submits a turn of Claude Code.</summary>
    public Task<Answer<Accepted>> Submit(SubmitTurn turn, string? idempotencyKey = null, CancellationToken cancellation = default) =>
        Submit(Payloads.Agents.Claude, turn, idempotencyKey, cancellation);

    /// <summary>Submits a turn of an agent.</summary>
    public Task<Answer<Accepted>> Submit(
        Payloads.Agent agent, SubmitTurn turn, string? idempotencyKey = null, CancellationToken cancellation = default) =>
        PostSubmit(agent.Route, turn, ProtocolJson.Default.SubmitTurn, idempotencyKey, cancellation);

    /// <summary>A task; with a wait, once it has ended or the wait is over.</summary>
    public Task<Answer<TaskView>> GetTask(string id, TimeSpan wait = default, CancellationToken cancellation = default)
    {
        var query = wait > TimeSpan.Zero ? "?wait=" + FormatNumber((long)wait.TotalMilliseconds) : "";
        return AnswerReader.GetJson(http, BuildPath(Routes.Task, id) + query, ExpectTask(id), cancellation);
    }

    /// <summary>Asks for the end of a task; answers with the task, whose state says which end it has.</summary>
    public async Task<Answer<TaskView>> CancelTask(string id, CancellationToken cancellation = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, BuildPath(Routes.Cancel, id));
        return await AnswerReader.SendRequest(http, request, ExpectTask(id), cancellation).ConfigureAwait(false);
    }

    /// <summary>A human's yes or no about a task that waits for it; answers with the task.</summary>
    public Task<Answer<TaskView>> DecideApproval(string id, DecideApproval decision, CancellationToken cancellation = default) =>
        AnswerReader.PostJson(
            http, BuildPath(Routes.TaskApproval, id), decision, ProtocolJson.Default.DecideApproval, ExpectTask(id), cancellation);

    /// <summary>A page of tasks, newest first, without output.</summary>
    public Task<Answer<TaskListView>> ListTasks(TaskFilter filter, CancellationToken cancellation = default) =>
        AnswerReader.GetJson(http, Routes.Tasks + FormatQuery(filter), ExpectedList, cancellation);

    /// <summary>Bytes of a stream from an offset; the caller disposes it. It throws IOException when the answer breaks off.</summary>
    public Task<Answer<Stream>> ReadOutput(
        string id, string stream = StreamNames.Stdout, long offset = 0, CancellationToken cancellation = default) =>
        OutputReader.ReadOutput(
            http, $"{BuildPath(Routes.TaskOutput, id)}?stream={stream}&offset={FormatNumber(offset)}", offset, cancellation);

    internal static ExpectedAnswer<TaskView> ExpectTask(string id) =>
        new(ProtocolJson.Lenient.TaskView) { Fits = task => task.TaskId == id };

    internal static ExpectedAnswer<TaskListView> ExpectedList { get; } =
        new(ProtocolJson.Lenient.TaskListView) { Fits = page => Array.TrueForAll(page.Tasks, task => task is { TaskId.Length: > 0 }) };

    internal static ExpectedAnswer<Accepted> ExpectedAccepted { get; } =
        new(ReadAccepted) { Fits = accepted => accepted.TaskId.Length > 0 };

    private async Task<Answer<Accepted>> PostSubmit<T>(
        string route, T task, JsonTypeInfo<T> type, string? key, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, route) { Content = AnswerReader.ToJsonContent(task, type) };
        if (key is not null) request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return await AnswerReader.SendRequest(http, request, ExpectedAccepted, cancellation).ConfigureAwait(false);
    }

    /// <summary>With a wait that was long enough the whole task comes, else its id.</summary>
    private static Accepted? ReadAccepted(ReadOnlySpan<byte> body)
    {
        var answer = JsonSerializer.Deserialize(body, ProtocolJson.Lenient.JsonElement);
        if (answer.ValueKind != JsonValueKind.Object) return null;
        if (answer.TryGetProperty("state", out _))
            return answer.Deserialize(ProtocolJson.Lenient.TaskView) is { } task ? new(task.TaskId, task.SessionId, task) : null;
        var submitted = answer.Deserialize(ProtocolJson.Lenient.Submitted);
        return submitted is null ? null : new(submitted.TaskId, submitted.SessionId, null);
    }

    private static string FormatQuery(TaskFilter filter)
    {
        (string Name, string? Value)[] given =
        [
            ("status", filter.Status), ("worker", filter.Worker), ("kind", filter.Kind), ("cursor", filter.Cursor),
            ("since", filter.Since is { } since ? FormatNumber(since.ToUnixTimeMilliseconds()) : null),
            ("limit", filter.Limit is { } limit ? FormatNumber(limit) : null),
        ];
        var text = string.Join('&', given.Where(pair => pair.Value is not null).Select(pair =>
            $"{pair.Name}={Uri.EscapeDataString(pair.Value!)}"));
        return text.Length == 0 ? "" : "?" + text;
    }

    private static string BuildPath(string route, string id) => route.Replace("{id}", Uri.EscapeDataString(id), StringComparison.Ordinal);

    private static string FormatNumber(long value) => value.ToString(CultureInfo.InvariantCulture);
}
