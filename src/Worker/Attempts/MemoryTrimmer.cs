using OpenClaw.Protocol.Attempts;

namespace OpenClaw.Worker.Attempts;

/// <summary>
/// Gives memory back after a large attempt. A piece of a file passes through a dozen buffers of its size; left to itself the collector lets
/// hundreds of MB of them pile up, on a PC that is somebody's. What lives is little, so a collection takes milliseconds.
/// </summary>
internal static class MemoryTrimmer
{
    private const long Large = 1024 * 1024;

    public static bool IsDue(long payload, AttemptResult? result) => payload + (result?.StdoutBytes ?? 0) >= Large;

    public static void CollectGarbage() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
}
