namespace OpenClaw.GrainInterfaces.Workers;

/// <summary>Who asks for, holds or reports an attempt.</summary>
[GenerateSerializer, Immutable, Alias("Holder")]
public sealed record Holder
{
    /// <summary>Name of the worker within its tenant.</summary>
    [Id(0)] public required string Worker { get; init; }
    /// <summary>Tenant of the worker; a task of another tenant does not exist for it.</summary>
    [Id(1)] public string Tenant { get; init; } = "default";
    /// <summary>Epoch of its session, 1-based, only grows; 0 for a worker of the compatible protocol.</summary>
    [Id(2)] public long Epoch { get; init; }
    /// <summary>Labels it offers, canonical form of <see cref="Queues.LabelSet"/>.</summary>
    [Id(3)] public required string Offers { get; init; }
    /// <summary>Id of the token it came with, for the audit.</summary>
    [Id(4)] public string? TokenId { get; init; }
    /// <summary>Address it came from, for the audit.</summary>
    [Id(5)] public string? Address { get; init; }
    /// <summary>
    /// Earlier sessions of the same daemon's home, of this name or one it had before: their attempts are its own. Null: a silo that does
    /// not say, then all sessions of the name.
    /// </summary>
    [Id(6)] public SessionSpan[]? Owned { get; init; }
    /// <summary>
    /// Of a heartbeat: the attempt has ended, by the worker's word, and its result is on the way. Additive: a silo of before takes it for
    /// one that runs.
    /// </summary>
    [Id(7)] public bool Reporting { get; init; }
    /// <summary>False for the compatible protocol: the lease is then timeout + killGrace + 60 s.</summary>
    public bool Heartbeats => Epoch > 0;

    /// <summary>True for a name that it has, or that this daemon's own sessions had before.</summary>
    public bool HasName(string? worker) => worker is not null
        && (worker == Worker || (Owned is not null && Array.Exists(Owned, span => span.Worker == worker)));

    /// <summary>
    /// True when a session of this epoch under this name was this daemon's own, so that an attempt begun in it is its to go on with and to
    /// report. The name alone is no proof: another daemon may have had it then. False for the compatible protocol, which has no sessions.
    /// </summary>
    public bool OwnsSession(string? worker, long epoch)
    {
        if (!Heartbeats || epoch <= 0) return false;
        if (Owned is null) return epoch <= Epoch && string.Equals(worker, Worker, StringComparison.Ordinal);
        foreach (var span in Owned)
            if (span.HasSession(worker, epoch)) return true;
        return false;
    }
}

/// <summary>Sessions of one worker name, from epoch to epoch, that one daemon's home opened.</summary>
[GenerateSerializer, Immutable, Alias("SessionSpan")]
public readonly record struct SessionSpan([property: Id(0)] string Worker, [property: Id(1)] long First, [property: Id(2)] long Last)
{
    /// <summary>True for a session within the span.</summary>
    public bool HasSession(string? worker, long epoch) =>
        epoch >= First && epoch <= Last && string.Equals(worker, Worker, StringComparison.Ordinal);
}
