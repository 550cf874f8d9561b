using OpenClaw.Protocol.Problems;

namespace OpenClaw.Protocol.Payloads;

/// <summary>What a kind of task carries. Only the gateway (to check) and the worker (to run) look inside.</summary>
public interface IPayload
{
    /// <summary>Says everything that is wrong with it. Pure.</summary>
    void Validate(FieldErrors errors);

    /// <summary>True when it uses something that workers of the compatible protocol don't know.</summary>
    bool NeedsSessionProtocol();
}
