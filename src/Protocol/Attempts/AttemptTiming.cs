namespace OpenClaw.Protocol.Attempts;

/// <summary>
/// The times on which server and worker have to agree: each is named here and nowhere else, and docs/protocol.md tells them. A worker of
/// another version goes by what the server answers when it opens its session.
/// </summary>
public static class AttemptTiming
{
    /// <summary>
    /// An attempt is its worker's for so long after a heartbeat, and a worker that was not heard of for so long is offline.
    /// </summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(45);

    /// <summary>How often a worker sends a heartbeat: two may get lost within a lease.</summary>
    public static readonly TimeSpan HeartbeatEvery = Lease / 3;

    /// <summary>How long an offer stands before the task is offered to others.</summary>
    public static readonly TimeSpan OfferLife = TimeSpan.FromSeconds(20);

    /// <summary>
    /// How long a worker may go by a yes to its start before it begins: the program may run so much later than its start says.
    /// </summary>
    public static readonly TimeSpan StartLasts = TimeSpan.FromSeconds(10);
}
