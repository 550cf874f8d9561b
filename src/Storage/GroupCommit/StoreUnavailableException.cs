using OpenClaw.GrainInterfaces;

namespace OpenClaw.Storage.GroupCommit;

/// <summary>
/// The store could not say whether a write is durable, or takes no more writes. What is stored is unknown: read again before
/// going on.
/// </summary>
public sealed class StoreUnavailableException : IOException
{
    /// <summary>With the error underneath.</summary>
    public StoreUnavailableException(string message, Exception? inner) : base(message, inner)
    {
    }

    /// <summary>
    /// There is no room: known by its number also where another process gets it (<see cref="ClusterErrors.IsDiskFull"/>).
    /// </summary>
    public static StoreUnavailableException Full(string message, Exception inner) =>
        new(message, inner) { HResult = ClusterErrors.DiskFull };
}
