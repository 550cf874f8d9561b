using System.Text.Json;
using System.Text.Json.Serialization;

namespace OpenClaw.Protocol.Attempts;

/// <summary>
/// POST /worker/attempts/{id}/approval: the owner's policy wants a human's yes before the attempt starts. Asked again with the same digest
/// it is the same wait.
/// </summary>
public sealed record AskApproval
{
    /// <summary>The live session.</summary>
    public required string Session { get; init; }
    /// <summary>The owner's rule that wants it, 1 to 200 printable characters.</summary>
    public required string Rule { get; init; }
    /// <summary>SHA-256 of what would run by the worker's own reckoning, 64 lower-case hex digits.</summary>
    public required string Digest { get; init; }
    /// <summary>A sentence for people, at most 500 printable characters; never the payload.</summary>
    public string? Summary { get; init; }
    /// <summary>How long to wait for the human, ms, default 10 min; never past the task's startWithin.</summary>
    public long? WaitFor { get; init; }
    /// <summary>The owner lets people approve it through the gateway, too.</summary>
    public bool Remote { get; init; }
    /// <summary>Such a yes counts signed alone. From protocol 6 on.</summary>
    public bool? SignedOnly { get; init; }
    /// <summary>
    /// What the yes would be to besides the payload, as its owner is shown it: a line for each file, at most 64 of 1 to 500 printable
    /// characters; empty: no file. Left out by older workers. From protocol 7 on.
    /// </summary>
    public string[]? Bound { get; init; }
    /// <summary>Why these are not all of what would run, 1 to 500 printable characters; left out: they are. From protocol 7 on.</summary>
    public string? Open { get; init; }
    /// <summary><c>approve</c> or <c>reject</c>: what was decided at the PC. Left out: it waits.</summary>
    public string? Decision { get; init; }
    /// <summary>Hold the answer for so long while nobody has decided, ms; more than 50,000 is taken as that.</summary>
    public long Wait { get; init; }
}

/// <summary>
/// What became of it. <see cref="Decision"/>: <c>wait</c>; <c>approve</c>: ask to start; <c>over</c>: it must not start, see
/// <see cref="State"/> and <see cref="Reason"/>.
/// </summary>
public sealed record ApprovalAnswer
{
    /// <summary>wait, approve or over.</summary>
    public required string Decision { get; init; }
    /// <summary>What the decision is about. Start only when it is what would run.</summary>
    public string? Digest { get; init; }
    /// <summary>True: somebody approved it through the gateway, not at the PC.</summary>
    public bool Remotely { get; init; }
    /// <summary>The yes as somebody signed it, unopened: a <see cref="Signing.SignedApproval"/>. Absent: nobody did.</summary>
    [JsonConverter(typeof(RawElementConverter))] public JsonElement? Signed { get; init; }
    /// <summary>Time left, ms.</summary>
    public long ExpiresIn { get; init; }
    /// <summary>State of the task.</summary>
    public required string State { get; init; }
    /// <summary>Why, a word.</summary>
    public string? Reason { get; init; }
    /// <summary>The attempt; absent from older servers.</summary>
    public string? AttemptId { get; init; }
    /// <summary>The session that asked; absent from older servers.</summary>
    public string? Session { get; init; }
}
