using System.Text.Json;
using OpenClaw.Protocol.Signing;
using OpenClaw.Worker.Policy;

namespace OpenClaw.Worker.Signing;

/// <summary>What the owner's policy makes of signatures (<c>signatures</c>).</summary>
internal enum SignatureMode
{
    /// <summary>They are not looked at.</summary>
    Off = 0,
    /// <summary>What <see cref="Require"/> would reject runs, and is recorded.</summary>
    Warn = 1,
    /// <summary>Nothing runs that is not signed by a trusted key, exactly as it was signed, once.</summary>
    Require = 2,
}

/// <summary>A statement whose signature is good, and the key that made it.</summary>
internal sealed record ProvenStatement(string KeyId, TaskStatement Statement)
{
    /// <summary>No two statements that may both run have the same.</summary>
    public string Key => $"{KeyId}/{Statement.Id}";
}

/// <summary>What was found about the signature of an offer.</summary>
/// <param name="Mode">What the policy makes of it.</param>
/// <param name="Objection">Why it does not count; null: it counts, or nobody looked.</param>
/// <param name="Proven">What was signed, where the signature is good.</param>
internal sealed record SignatureFinding(SignatureMode Mode, Verdict? Objection, ProvenStatement? Proven)
{
    /// <summary>Why the task must not run.</summary>
    public Verdict? Rejection => Mode == SignatureMode.Require ? Objection : null;

    /// <summary>What runs instead of the copy that came beside it.</summary>
    public JsonElement? Payload => Objection is null ? Proven?.Statement.Payload : null;

    /// <summary>The same with something more to say against it.</summary>
    public SignatureFinding AddObjection(Verdict? more) => Objection is null && more is not null ? this with { Objection = more } : this;
}
