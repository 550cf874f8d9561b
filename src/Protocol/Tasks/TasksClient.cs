using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Protocol.Tasks;

/// <summary>An answer of the server: a value, or the problem it named.</summary>
public readonly record struct Answer<T>(T? Value, Problem? Problem)
{
    /// <summary>True when the server took the request.</summary>
    public bool IsOk => Problem is null;
}

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
/// The task routes, typed. The <see cref="HttpClient"/> brings base address and token. Refusals are values; a server that
/// is not there is an <see cref="HttpRequestException"/>.
/// </summary>
public sealed class TasksClient(HttpClient http)
{
    /// <summary>Submits a command or a task of any kind.</summary>
    public Task<Answer<Accepted>> Submit(SubmitTask task, string? idempotencyKey = null, CancellationToken cancellation = default) =>
        Post(Routes.Tasks, task, ProtocolJson.Default.SubmitTask, idempotencyKey, cancellation);

    /// <summary>Submits the writing of a file.</summary>
    public Task<Answer<Accepted>> Submit(SubmitFileWrite task, string? idempotencyKey = null, CancellationToken cancellation = default) =>
        Post(Routes.FileWrite, task, ProtocolJson.Default.SubmitFileWrite, idempotencyKey, cancellation);

    /// <summary>Submits the reading of a file.</summary>
    public Task<Answer<Accepted>> Submit(SubmitFileRead task, string? idempotencyKey = null, CancellationToken cancellation = default) =>
        Post(Routes.FileRead, task, ProtocolJson.Default.SubmitFileRead, idempotencyKey, cancellation);

    /// <summary>Submits the edit of a file.</summary>
    public Task<Answer<Accepted>> Submit(SubmitFileEdit task, string? idempotencyKey = null, CancellationToken cancellation = default) =>
        Post(Routes.FileEdit, task, ProtocolJson.Default.SubmitFileEdit, idempotencyKey, cancellation);

    /// <summary>Submits a turn of Claude Code.</summary>
    public Task<Answer<Accepted>> Submit(SubmitTurn turn, string? idempotencyKey = null, CancellationToken cancellation = default) =>
        Submit(Payloads.Agents.Claude, turn, idempotencyKey, cancellation);

    /// <summary>Submits a turn of an agent.</summary>
    public Task<Answer<Accepted>> Submit(
        Payloads.Agent agent, SubmitTurn turn, string? idempotencyKey = null, CancellationToken cancellation = default) =>
        Post(agent.Route, turn, ProtocolJson.Default.SubmitTurn, idempotencyKey, cancellation);

    /// <summary>A task; with a wait, once it has ended or the wait is over.</summary>
    public async Task<Answer<TaskView>> Get(string id, TimeSpan wait = default, CancellationToken cancellation = default)
    {
        var query = wait > TimeSpan.Zero ? "?wait=" + Number((long)wait.TotalMilliseconds) : "";
        using var response = await http.GetAsync(Of(Routes.Task, id) + query, cancellation).ConfigureAwait(false);
        return await AnswerReader.Read(response, ProtocolJson.Lenient.TaskView, cancellation).ConfigureAwait(false);
    }

    /// <summary>Asks for the end of a task; answers with the task, whose state says which end it has.</summary>
    public async Task<Answer<TaskView>> Cancel(string id, CancellationToken cancellation = default)
    {
        using var response = await http.PostAsync(Of(Routes.Cancel, id), null, cancellation).ConfigureAwait(false);
        return await AnswerReader.Read(response, ProtocolJson.Lenient.TaskView, cancellation).ConfigureAwait(false);
    }

    /// <summary>A human's yes or no about a task that waits for it; answers with the task.</summary>
    public Task<Answer<TaskView>> Decide(string id, DecideApproval decision, CancellationToken cancellation = default) =>
        AnswerReader.Post(http, Of(Routes.TaskApproval, id), decision,
            ProtocolJson.Default.DecideApproval, ProtocolJson.Lenient.TaskView, cancellation);

    /// <summary>A page of tasks, newest first, without output.</summary>
    public async Task<Answer<TaskListView>> List(TaskFilter filter, CancellationToken cancellation = default)
    {
        using var response = await http.GetAsync(Routes.Tasks + Query(filter), cancellation).ConfigureAwait(false);
        return await AnswerReader.Read(response, ProtocolJson.Lenient.TaskListView, cancellation).ConfigureAwait(false);
    }

    /// <summary>Bytes of a stream from an offset; the caller disposes the stream.</summary>
    public async Task<Answer<Stream>> Output(string id, string stream = "stdout", long offset = 0, CancellationToken cancellation = default)
    {
        var response = await http.GetAsync($"{Of(Routes.TaskOutput, id)}?stream={stream}&offset={Number(offset)}",
            HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
        if (response.IsSuccessStatusCode) return new(await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false), null);
        using (response) return new(null, await AnswerReader.ReadProblem(response, cancellation).ConfigureAwait(false));
    }

    private async Task<Answer<Accepted>> Post<T>(string route, T task, JsonTypeInfo<T> type, string? key, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, route);
        request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(task, type));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (key is not null) request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        using var response = await http.SendAsync(request, cancellation).ConfigureAwait(false);
        var (answer, problem) = await AnswerReader.Read(response, ProtocolJson.Lenient.JsonElement, cancellation).ConfigureAwait(false);
        return problem is not null ? new(null, problem) : new(Accepted(answer), null);
    }

    /// <summary>With a wait that was long enough the whole task comes, else its id.</summary>
    private static Accepted Accepted(JsonElement answer)
    {
        if (answer.TryGetProperty("state", out _))
        {
            var task = answer.Deserialize(ProtocolJson.Lenient.TaskView)!;
            return new(task.TaskId, task.SessionId, task);
        }
        var submitted = answer.Deserialize(ProtocolJson.Lenient.Submitted)!;
        return new(submitted.TaskId, submitted.SessionId, null);
    }

    private static string Query(TaskFilter filter)
    {
        (string Name, string? Value)[] given =
        [
            ("status", filter.Status), ("worker", filter.Worker), ("kind", filter.Kind), ("cursor", filter.Cursor),
            ("since", filter.Since is { } since ? Number(since.ToUnixTimeMilliseconds()) : null),
            ("limit", filter.Limit is { } limit ? Number(limit) : null),
        ];
        var text = string.Join('&', given.Where(pair => pair.Value is not null).Select(pair =>
            $"{pair.Name}={Uri.EscapeDataString(pair.Value!)}"));
        return text.Length == 0 ? "" : "?" + text;
    }

    private static string Of(string route, string id) => route.Replace("{id}", Uri.EscapeDataString(id), StringComparison.Ordinal);

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
