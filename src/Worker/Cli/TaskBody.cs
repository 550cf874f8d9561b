using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Tasks;

namespace OpenClaw.Worker.Cli;

/// <summary>
/// The body of a request that submits a task, read as the server reads it, so that what is tried here is what would come.
/// </summary>
internal static class TaskBody
{
    private const string Unknown = "";
    private static readonly string NewSession = Guid.Empty.ToString("D");
    private static readonly ProtocolJson Json = ProtocolJson.Default;

    private static readonly Dictionary<string, Func<string, FieldErrors, Offer?>> Readers = new(StringComparer.Ordinal)
    {
        [Routes.Tasks] = (text, errors) => ReadSubmit(text, Json.SubmitTask, task => task.ToValidatedSubmit(errors)),
        [Routes.FileWrite] = (text, errors) => ReadSubmit(text, Json.SubmitFileWrite, task => task.ToValidatedSubmit(errors)),
        [Routes.FileRead] = (text, errors) => ReadSubmit(text, Json.SubmitFileRead, task => task.ToValidatedSubmit(errors)),
        [Routes.FileEdit] = (text, errors) => ReadSubmit(text, Json.SubmitFileEdit, task => task.ToValidatedSubmit(errors)),
        [Routes.FileUpload] = (text, errors) => ReadSubmit(text, Json.SubmitFileUpload, task => task.ToValidatedSubmit(errors)),
    };

    static TaskBody()
    {
        foreach (var agent in Agents.All)
            Readers.Add(agent.Route, (
                text, errors) => ReadSubmit(text, Json.SubmitTurn, turn => turn.ToValidatedSubmit(agent, NewSession, errors)));
    }

    public static string Known { get; } = string.Join(", ", Readers.Keys);

    /// <summary>
    /// The task as it would be offered, or everything that is wrong with it. Without a slash before it a route is known, too.
    /// </summary>
    public static (Offer? Offer, IReadOnlyList<string> Errors) ReadOffer(string text, string route)
    {
        if (!Readers.TryGetValue(route.StartsWith('/') ? route : "/" + route, out var read))
            return (null, [$"{route} takes no tasks; those that do: {Known}"]);
        var errors = new FieldErrors();
        try
        {
            var offer = read(text, errors);
            return errors.Any || offer is null
                ? (null, [.. errors.ToArray().Select(error => $"{error.Field} {error.Message}")]) : (offer, []);
        }
        catch (JsonException error)
        {
            var meant = route == Routes.Tasks ? GuessRoute(text) : Unknown;
            return (null, [meant.Length > 0 ? $"{error.Message} Is it for another route? --as {meant}" : error.Message]);
        }
    }

    private static Offer? ReadSubmit<T>(string text, JsonTypeInfo<T> type, Func<T, ValidatedSubmit?> seal) where T : Envelope
    {
        if (JsonSerializer.Deserialize(text, type) is not { } submit)
            throw new JsonException("A task is a JSON object.");
        return seal(submit) is not { Payload: var payload } ? null : new Offer
        {
            AttemptId = "test.1", TaskId = "test", Attempt = 1, Kind = payload.Kind, Payload = JsonElement.Parse(payload.Json),
            Timeout = submit.Timeout ?? payload.DefaultTimeout, KillGrace = 0,
        };
    }

    /// <summary>The routes whose bodies have a field of this one's that POST /tasks has not.</summary>
    private static string GuessRoute(string text)
    {
        try
        {
            using var body = JsonDocument.Parse(text);
            if (body.RootElement.ValueKind != JsonValueKind.Object) return Unknown;
            if (body.RootElement.TryGetProperty("prompt", out _))
                return string.Join(" or ", Agents.All.Select(agent => agent.Name));
            return body.RootElement.TryGetProperty("path", out _) ? "files/read, files/write, files/edit or files/upload" : Unknown;
        }
        catch (JsonException)
        {
            return Unknown;
        }
    }
}
