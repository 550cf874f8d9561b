using System.Text.Json.Serialization.Metadata;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Tasks;

namespace OpenClaw.Gateway.Tasks.Submits;

/// <summary>What differs between the routes that make a task.</summary>
/// <param name="Route">The path.</param>
/// <param name="Json">The type of the body.</param>
/// <param name="BodyLimit">Bytes of the body, at most.</param>
/// <param name="Message">What the answer says to people.</param>
/// <param name="Validate">Checks the fields; the id is the task's, of which a new conversation takes its own.</param>
internal sealed record Submission<T>(
    string Route, JsonTypeInfo<T> Json, int BodyLimit, string Message, Func<T, Guid, FieldErrors, ValidatedSubmit?> Validate)
    where T : Envelope;

/// <summary>The routes that make a task.</summary>
internal static class Submissions
{
    private static readonly ProtocolJson Json = ProtocolJson.Default;

    public static readonly Submission<SubmitTask> Command = new(
        Routes.Tasks, Json.SubmitTask, Limits.SubmitBody, "Task created, waiting for worker",
        (task, _, errors) => task.ToValidatedSubmit(errors));

    public static readonly Submission<SubmitFileWrite> FileWrite = new(
        Routes.FileWrite, Json.SubmitFileWrite, Limits.FileWriteBody, "File write task created",
        (task, _, errors) => task.ToValidatedSubmit(errors));

    public static readonly Submission<SubmitFileRead> FileRead = new(
        Routes.FileRead, Json.SubmitFileRead, Limits.SubmitBody, "File read task created",
        (task, _, errors) => task.ToValidatedSubmit(errors));

    public static readonly Submission<SubmitFileEdit> FileEdit = new(
        Routes.FileEdit, Json.SubmitFileEdit, Limits.SubmitBody, "File edit task created",
        (task, _, errors) => task.ToValidatedSubmit(errors));

    public static readonly Submission<SubmitFileUpload> FileUpload = new(
        Routes.FileUpload, Json.SubmitFileUpload, Limits.FileWriteBody, "File upload task created",
        (task, _, errors) => task.ToValidatedSubmit(errors));

    public static Submission<SubmitTurn> CreateForTurns(Agent agent) => new(
        agent.Route, Json.SubmitTurn, Limits.SubmitBody, $"{agent.Title} CLI task created",
        (task, id, errors) => task.ToValidatedSubmit(agent, id.ToString("D"), errors));
}
