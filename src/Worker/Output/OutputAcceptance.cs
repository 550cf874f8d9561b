using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Output;
using OpenClaw.Worker.Transport;

namespace OpenClaw.Worker.Output;

/// <summary>What a reply says about the chunks of its call. Pure.</summary>
internal static class OutputAcceptance
{
    /// <summary>
    /// All bytes of the call are with the server. False: it took some chunks for others it had, and stands before their end. A server of
    /// before does not say where it stands.
    /// </summary>
    public static bool IsFullyTaken(OutputChunk[] call, NextOutput? next) => next is null || Array.TrueForAll(
        call, chunk => chunk.Offset + chunk.Data.Length <= (chunk.Stream == StreamNames.Stdout ? next.StdoutOffset : next.StderrOffset));

    /// <summary>The call was too large for the way, and one with less in it can be made.</summary>
    public static bool CanHalve(Reply<OutputTaken> reply, OutputChunk[] call) =>
        reply.IsTooLarge && call.Sum(chunk => (long)chunk.Data.Length) > BodyLimit.Smallest;
}
