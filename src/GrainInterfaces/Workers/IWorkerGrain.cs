using OpenClaw.GrainInterfaces.Security;
using Orleans.Concurrency;

namespace OpenClaw.GrainInterfaces.Workers;

/// <summary>One worker (PC); key <c>worker:tenant/name</c>. Low rate; its record is durable.</summary>
[Alias("IWorkerGrain")]
public interface IWorkerGrain : IGrainWithStringKey
{
    /// <summary>
    /// Opens a session and fences the one before. Refused while another instance's session is alive, and while another process of the same
    /// instance shows signs of life. Started attempts of this instance's earlier sessions that are not in
    /// <see cref="SessionRequest.Held"/> are given up.
    /// </summary>
    [Alias("OpenSession"), ResponseTimeout("00:00:10")]
    Task<SessionReply> OpenSession(SessionRequest request, Actor actor);

    /// <summary>A sign of life of a session; null when the session is not the live one (stale epoch).</summary>
    [Alias("Touch")]
    Task<SessionInfo?> Touch(string session, string? recentSessionsJson);

    /// <summary>The session without a sign of life: its poll is still held, whether or not somebody is at its other end.</summary>
    [Alias("FindSession")]
    Task<SessionInfo?> FindSession(string session);

    /// <summary>Which sessions of this name an instance opened, for the name it has now. Changes nothing.</summary>
    [Alias("OwnedBy"), AlwaysInterleave]
    Task<NameClaim> OwnedBy(string instance);

    /// <summary>
    /// Keeps where the audit log of a session's daemon ends: that daemon, and one with the same home later, is told, so that rows that are
    /// gone by then are missed. Not of a session that is not the live one.
    /// </summary>
    [Alias("NoteAuditHead")]
    Task NoteAuditHead(string session, long rows, string hash);

    /// <summary>Keeps what the daemon of a session says of its PC; false when the session is not the live one.</summary>
    [Alias("Announce")]
    Task<bool> Announce(string session, string factsJson);

    /// <summary>
    /// A sign of life of a worker of the compatible protocol, which has no session. Registers it, and answers with what it is to be given:
    /// a name that a session was ever opened under is not its own, and what is pinned to it is not for it.
    /// </summary>
    [Alias("TouchCompatible")]
    Task<SessionInfo> TouchCompatible(string offers);

    /// <summary>The session says goodbye: the worker is offline at once.</summary>
    [Alias("CloseSession")]
    Task CloseSession(string session);

    /// <summary>The key that its session was signed with is good no more: the session is over, and the worker is offline at once.</summary>
    [Alias("EndSessionOf")]
    Task EndSessionOf(string identity);

    /// <summary>Takes no new task until resumed; false when there is no such worker.</summary>
    [Alias("SetDraining")]
    Task<bool> SetDraining(bool draining, Actor actor);

    /// <summary>The worker now; null when there is none.</summary>
    [Alias("Get"), AlwaysInterleave]
    Task<WorkerSnapshot?> Get();

    /// <summary>The same without the attempts it runs: what is known here, without a question to the table.</summary>
    [Alias("Describe"), AlwaysInterleave]
    Task<WorkerSnapshot?> Describe();

    /// <summary>
    /// Forgets a worker that nobody drains, that has no task which runs and that was not heard of since; false when it is none of that. Its
    /// next session has epoch 1 again, so no task may be there any more of its former ones. Silos before this kept every name with a
    /// session.
    /// </summary>
    [Alias("Forget"), AlwaysInterleave]
    Task<bool> Forget(DateTimeOffset notSeenSince);
}

/// <summary>The workers of a tenant; key <c>workers:tenant</c>. Kept by the worker grains.</summary>
[Alias("IWorkerDirectoryGrain")]
public interface IWorkerDirectoryGrain : IGrainWithStringKey
{
    /// <summary>
    /// A name a worker exists under; durable before it answers. Idempotent. Said again when something about the worker changed that a list
    /// must not miss.
    /// </summary>
    [Alias("Add")]
    Task Add(string name);

    /// <summary>Every worker, by name.</summary>
    [Alias("List"), AlwaysInterleave]
    Task<WorkerSnapshot[]> List();

    /// <summary>Every worker, by name, without the attempts it runs: no question to the table.</summary>
    [Alias("Describe"), AlwaysInterleave]
    Task<WorkerSnapshot[]> Describe();

    /// <summary>Forgets names that were silent for long.</summary>
    [Alias("Tidy"), OneWay]
    Task Tidy();

    /// <summary>At most <paramref name="limit"/> workers whose name comes after <paramref name="after"/>, by name.</summary>
    [Alias("Page"), AlwaysInterleave]
    Task<WorkerPage> Page(string? after, int limit);

    /// <summary>
    /// An id of this tenant's tasks in this database, made once. A worker tells by it whether it talks to the server it had its work from,
    /// whatever address that has.
    /// </summary>
    [Alias("Identify")]
    Task<string> Identify();
}

/// <summary>What a daemon says of itself when it opens a session.</summary>
[GenerateSerializer, Immutable, Alias("SessionRequest")]
public sealed record SessionRequest
{
    /// <summary>Secret, stable id of the daemon's home folder: the proof that a restart is the same daemon.</summary>
    [Id(0)] public required string Instance { get; init; }
    /// <summary>All labels offered, implicit ones included, canonical form.</summary>
    [Id(1)] public required string Offers { get; init; }
    /// <summary>Attempts it holds: task and attempt number.</summary>
    [Id(2)] public AttemptRef[] Held { get; init; } = [];
    /// <summary>Of older daemons; without effect: a live session is nobody's to take.</summary>
    [Id(3)] public bool TakeOver { get; init; }
    /// <summary>Tasks it runs at most at once.</summary>
    [Id(4)] public int MaxConcurrent { get; init; } = 1;
    /// <summary>Version of the daemon.</summary>
    [Id(5)] public string? Version { get; init; }
    /// <summary>JSON array of what it says of its custom kinds, checked; null: nothing.</summary>
    [Id(6)] public string? ManifestsJson { get; init; }
    /// <summary>The daemon's process, a random id made at its start; null: an older daemon.</summary>
    [Id(7)] public string? Run { get; init; }
    /// <summary>Processes before it in the same home of which it knows that they have ended.</summary>
    [Id(8)] public string[] Replaces { get; init; } = [];
    /// <summary>Names the same home had before.</summary>
    [Id(9)] public string[] FormerNames { get; init; } = [];
    /// <summary>Id of the key that signed for it; null: it came with a worker's token.</summary>
    [Id(10)] public string? Identity { get; init; }
    /// <summary>Kinds it offers that its owner has not granted; they are not in <see cref="Offers"/>.</summary>
    [Id(11)] public string[] Withheld { get; init; } = [];
}

/// <summary>What an instance has of a worker name.</summary>
/// <param name="Spans">Its sessions; empty: none.</param>
/// <param name="Live">Somebody's session under the name is alive.</param>
/// <param name="Run">The process of that session; null: it did not say.</param>
/// <param name="Audit">Where the instance's audit log ended when it was heard of last; null: it never was.</param>
[GenerateSerializer, Immutable, Alias("NameClaim")]
public readonly record struct NameClaim(
    [property: Id(0)] SessionSpan[] Spans, [property: Id(1)] bool Live, [property: Id(2)] string? Run, [property: Id(3)] ChainHead? Audit);

/// <summary>Where a chain of rows ended at a time: how many there were, and the hash of the last.</summary>
[GenerateSerializer, Immutable, Alias("ChainHead")]
public sealed record ChainHead([property: Id(0)] long Rows, [property: Id(1)] string Hash, [property: Id(2)] DateTimeOffset At);

/// <summary>One attempt of one task.</summary>
[GenerateSerializer, Immutable, Alias("AttemptRef")]
public readonly record struct AttemptRef([property: Id(0)] Guid Task, [property: Id(1)] int Attempt);

/// <summary>The session, or null when another daemon holds a live one.</summary>
[GenerateSerializer, Immutable, Alias("SessionReply")]
public readonly record struct SessionReply([property: Id(0)] SessionInfo? Session, [property: Id(1)] string? HeldBySince)
{
    /// <summary>The one that holds it has the same instance.</summary>
    [Id(2)] public bool SameHome { get; init; }
    /// <summary>Id of the tenant's tasks in this database; null when it can't be told now.</summary>
    [Id(3)] public string? Server { get; init; }
    /// <summary>Where the instance's audit log ended when it was heard of last; null: it never was.</summary>
    [Id(4)] public ChainHead? Audit { get; init; }
}

/// <summary>What a live session was opened with, and how far it is.</summary>
[GenerateSerializer, Immutable, Alias("SessionInfo")]
public sealed record SessionInfo
{
    /// <summary>Opaque id, <c>name.epoch.random</c>; empty for the compatible protocol.</summary>
    [Id(0)] public required string Session { get; init; }
    /// <summary>Grows with every session of the worker; fences the ones before.</summary>
    [Id(1)] public required long Epoch { get; init; }
    /// <summary>Labels offered, canonical form.</summary>
    [Id(2)] public required string Offers { get; init; }
    /// <summary>Takes no new tasks.</summary>
    [Id(3)] public bool Draining { get; init; }
    /// <summary>Sessions whose attempts are this one's, for <see cref="Holder.Owned"/>.</summary>
    [Id(4)] public SessionSpan[]? Owned { get; init; }
}

/// <summary>A worker as clients see it.</summary>
[GenerateSerializer, Immutable, Alias("WorkerSnapshot")]
public sealed record WorkerSnapshot
{
    /// <summary>Its name.</summary>
    [Id(0)] public required string Name { get; init; }
    /// <summary>True while it was heard of within a lease (45 s).</summary>
    [Id(1)] public bool Online { get; init; }
    /// <summary>Takes no new tasks.</summary>
    [Id(2)] public bool Draining { get; init; }
    /// <summary>Labels offered, canonical form.</summary>
    [Id(3)] public required string Offers { get; init; }
    /// <summary>When it was last heard of.</summary>
    [Id(4)] public DateTimeOffset? LastSeen { get; init; }
    /// <summary>Tasks it runs at most at once.</summary>
    [Id(5)] public int MaxConcurrent { get; init; }
    /// <summary>Version of its daemon; null for the compatible protocol.</summary>
    [Id(6)] public string? Version { get; init; }
    /// <summary>Attempts it runs now, from the tasks table.</summary>
    [Id(7)] public AttemptRef[] Running { get; init; } = [];
    /// <summary>JSON array of the agent sessions on its disk, as it reported them; null when it never did.</summary>
    [Id(8)] public string? RecentSessionsJson { get; init; }
    /// <summary>JSON object of what its daemon says of the PC; null until it did.</summary>
    [Id(9)] public string? FactsJson { get; init; }
    /// <summary>JSON array of what it says of its custom kinds; null: nothing.</summary>
    [Id(10)] public string? ManifestsJson { get; init; }
    /// <summary>It never had a session: a name of the compatible protocol.</summary>
    [Id(11)] public bool Compatible { get; init; }
    /// <summary>Id of the key that its newest session was signed with; null: a token's.</summary>
    [Id(12)] public string? Identity { get; init; }
    /// <summary>Kinds it offers and gets no tasks of.</summary>
    [Id(13)] public string[] Withheld { get; init; } = [];
    /// <summary>Where the audit log of its newest home ended when it was heard of last; null: it never was.</summary>
    [Id(14)] public ChainHead? Audit { get; init; }
}

/// <summary>A page of workers.</summary>
/// <param name="Workers">By name.</param>
/// <param name="Next">What the next page comes after; null: this was the last.</param>
[GenerateSerializer, Immutable, Alias("WorkerPage")]
public sealed record WorkerPage([property: Id(0)] WorkerSnapshot[] Workers, [property: Id(1)] string? Next);
