using OpenClaw.Protocol.Problems;

namespace OpenClaw.Protocol.Signing;

/// <summary>
/// A task as its client signed it: a <see cref="TaskStatement"/>. The server keeps it and hands it on unopened; whether it counts is for
/// the worker to say.
/// </summary>
public sealed record SignedTask : SignedEnvelope
{
    /// <summary>The one type there is of it.</summary>
    public const string StatementType = "application/vnd.openclaw.task+json";

    /// <summary>What is in it, nothing of which is proved yet; null with errors when its form is wrong. Pure.</summary>
    public SignedBytes? Decode(FieldErrors errors) => DecodeType(StatementType, Limits.SignedStatement, errors);
}
