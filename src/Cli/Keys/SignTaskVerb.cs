using System.Text.Json;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Signing;
using OpenClaw.Protocol.Tasks;

namespace OpenClaw.Cli.Keys;

/// <summary>Signs a task, so that PCs which trust the key run it and nothing else that a server may make of it.</summary>
internal static class SignTaskVerb
{
    private const long ByDefault = 3_600_000;

    private static readonly VerbOption Expires = new("--expires", "no attempt begins later (1h; 32d at most)", "TIME");
    private static readonly VerbOption Id =
        new("--id", "its id, never used before: 16 to 128 of a-z A-Z 0-9 - _ . : (default: a random one)", "ID");

    private static readonly VerbOption Tenant = new("--tenant", "the tenant that the PC trusts the key for (default)", "NAME");
    private static readonly VerbOption Submit = new("--submit", "sends it to the server, and prints the task's id");

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 32 };

    public static Verb Sign { get; } = new("keys sign", "signs a task, and submits it if told to", Run)
    {
        Words = "FILE",
        Count = (1, 1),
        Options = [KeyFile.Option, Expires, Id, Tenant, Submit],
        More = "FILE has the task as in POST /tasks, JSON: {\"command\": \"uname -a\", \"worker\": \"studio\"}; - is standard input.\n"
            + "Without --submit no server is asked, and the body of POST /tasks is printed: whoever has a token may send it, once.",
    };

    private static async Task<int> Run(VerbCall call)
    {
        var (submit, unread) = await ReadTask(call);
        if (submit is null) return call.FailUsage(unread);
        List<string> wrong = [];
        var expires = call.ReadDuration(Expires, wrong) ?? ByDefault;
        if (expires > Limits.SignedFor) wrong.Add($"{Expires.Name} is {Duration.FormatMilliseconds(Limits.SignedFor)} at most");
        var (key, noKey) = KeyFile.Read(call.FindValue(KeyFile.Option));
        using (key)
        {
            if (key is null) wrong.Add(noKey!);
            if (wrong.Count > 0) return call.FailUsage(wrong);
            var id = call.FindValue(Id) ?? Guid.NewGuid().ToString("N");
            var terms = new SigningTerms(call.Terminal.Clock.GetUtcNow().AddMilliseconds(expires))
            {
                Id = id, Tenant = call.FindValue(Tenant),
            };
            var errors = new FieldErrors();
            var signed = submit.Sign(key!, terms, errors);
            // Id, tenant, and how long it is: what the server would refuse is not handed out.
            signed?.Unfold().ToValidatedSubmit(errors);
            if (errors.Any) return call.FailUsage(errors.ToArray().Select(error => $"{error.Field} {error.Message}"));
            if (submit is { Worker: null, Labels: null or [] })
                call.Error.WriteLine("It names no worker: each PC that trusts the key may run it, once.");
            return call.HasOption(Submit) ? await SubmitSigned(call, signed!, id)
                : call.Show(signed!, ProtocolJson.Default.SubmitTask,
                    to => to.WriteLine(JsonSerializer.Serialize(signed, ProtocolJson.Default.SubmitTask)));
        }
    }

    private static async Task<int> SubmitSigned(VerbCall call, SubmitTask signed, string id)
    {
        var (accepted, exit) = await call.AskServer(
            http => new TasksClient(http).Submit(signed),
            whenLost: $"It may have been submitted all the same. Once more with --id {id} makes no second task of it");
        if (accepted is null) return exit;
        if (!call.Json) call.Error.WriteLine(accepted.Task is { } end ? $"{end.State}" : "submitted");
        return call.Show(
            new SubmittedView(accepted.TaskId, accepted.Task?.State), KeysJson.Default.SubmittedView, to => to.WriteLine(accepted.TaskId));
    }

    /// <summary>As strictly as a server reads it: a field that is misspelt is not left out of what is signed.</summary>
    private static async Task<(SubmitTask? Task, IReadOnlyList<string> Errors)> ReadTask(VerbCall call)
    {
        var file = call.Words[0];
        if (file != "-" && !File.Exists(file)) return (null, [$"there is no file {file}"]);
        var text = file == "-" ? await call.Terminal.In.ReadToEndAsync() : await File.ReadAllTextAsync(file);
        try
        {
            using var document = JsonDocument.Parse(text, Strict);
            var task = document.RootElement.Deserialize(ProtocolJson.Default.SubmitTask);
            return task is null ? (null, [$"{file} has no task: a JSON object as in POST /tasks"])
                : task.Signed is not null ? (null, [$"{file} is signed already"]) : (task, []);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return (null, [$"{file} is not the JSON of a task: {error.Message}"]);
        }
    }
}
