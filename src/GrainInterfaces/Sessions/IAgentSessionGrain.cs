namespace OpenClaw.GrainInterfaces.Sessions;

/// <summary>
/// One agent session, and the PC it lives on; key <c>session:tenant/key</c>, with the key of <c>TaskSpec.Session</c>. An
/// agent session is files on one PC's disk: its turns go nowhere else.
/// </summary>
[Alias("IAgentSessionGrain")]
public interface IAgentSessionGrain : IGrainWithStringKey
{
    /// <summary>The worker on which its last turn was started; null: none was.</summary>
    [Alias("Worker")]
    Task<string?> Worker();

    /// <summary>A turn was started on a worker. Idempotent; durable before it answers.</summary>
    [Alias("Ran")]
    Task Ran(string worker);
}
