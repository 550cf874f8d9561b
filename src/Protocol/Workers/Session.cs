using OpenClaw.Protocol.Audit;
using OpenClaw.Protocol.Manifests;

namespace OpenClaw.Protocol.Workers;

/// <summary>The body of POST /worker/sessions.</summary>
public sealed record OpenSession
{
    /// <summary>Name of the PC, <c>[a-z0-9][a-z0-9-]{0,62}</c>.</summary>
    public required string Name { get; init; }
    /// <summary>Secret, stable id of the daemon's home: a restarted daemon takes its own session over.</summary>
    public required string Instance { get; init; }
    /// <summary>Labels of the owner's.</summary>
    public string[]? Labels { get; init; }
    /// <summary>Kinds it can run.</summary>
    public required string[] Kinds { get; init; }
    /// <summary>What it says of its custom kinds; left out when it has nothing to say.</summary>
    public KindManifest[]? Manifests { get; init; }
    /// <summary>linux, macos or windows.</summary>
    public required string Os { get; init; }
    /// <summary>x64 or arm64.</summary>
    public required string Arch { get; init; }
    /// <summary>Version of the daemon.</summary>
    public string? Version { get; init; }
    /// <summary>Attempts it holds (running, or ended and not yet reported).</summary>
    public string[]? Held { get; init; }
    /// <summary>Tasks it runs at most at once; null: one.</summary>
    public int? MaxConcurrent { get; init; }
    /// <summary>Of older daemons; without effect: a live session is nobody's to take.</summary>
    public bool TakeOver { get; init; }
    /// <summary>
    /// The daemon's process: a random id made at its start. By it a daemon that was started again is told from a copy of its home on
    /// another machine.
    /// </summary>
    public string? Run { get; init; }
    /// <summary>Earlier processes of the same home that have ended, as the daemon knows: nobody waits to see whether they live.</summary>
    public string[]? Replaces { get; init; }
    /// <summary>Names the same home had before: what was begun under them is still its own to report.</summary>
    public string[]? FormerNames { get; init; }
}

/// <summary>The session and the server's intervals, ms.</summary>
public sealed record SessionOpened
{
    /// <summary>Goes into every later call.</summary>
    public required string Session { get; init; }
    /// <summary>Grows with every session of this worker.</summary>
    public required long Epoch { get; init; }
    /// <summary>Send a heartbeat so often.</summary>
    public required long HeartbeatEvery { get; init; }
    /// <summary>What a heartbeat renews a lease to.</summary>
    public required long Lease { get; init; }
    /// <summary>Longest wait of a poll.</summary>
    public required long PollWait { get; init; }
    /// <summary>Version of the session protocol, one of <see cref="SessionProtocol"/>; absent: the oldest of them.</summary>
    public int? Protocol { get; init; }
    /// <summary>The worker it is of; absent from older servers.</summary>
    public string? Name { get; init; }
    /// <summary>
    /// Whose tasks these are: an id of the server's database and the tenant, the same under every address; absent from older servers.
    /// </summary>
    public string? Server { get; init; }
    /// <summary>
    /// The end of this home's audit log as the server heard of it last, in whichever session; absent from older servers, which take none.
    /// </summary>
    public AuditHead? AuditHead { get; init; }
    /// <summary>
    /// To a signed request: the bearer token of every later call of this session, good until the next session or until the key is revoked.
    /// </summary>
    public string? Credential { get; init; }
    /// <summary>Kinds that it offered and gets no tasks of, because its owner has not granted them.</summary>
    public string[]? Withheld { get; init; }
}

/// <summary>The end of a worker's own audit log.</summary>
/// <param name="Rows">How many rows it has.</param>
/// <param name="Hash">SHA-256 of the last one, 64 lower-case hex digits; of none: zeros.</param>
public sealed record AuditHead(long Rows, string Hash);

/// <summary>The body of POST /worker/sessions/close.</summary>
/// <param name="Session">The live session.</param>
/// <param name="AuditHead">The end of the worker's audit log, when the server takes it.</param>
public sealed record CloseSession(string Session, AuditHead? AuditHead = null);

/// <summary>200 to a goodbye. Older servers answer 204.</summary>
public sealed record SessionClosed(string Session, bool Closed);

/// <summary>The body of POST /worker/poll.</summary>
public sealed record Poll
{
    /// <summary>The live session.</summary>
    public required string Session { get; init; }
    /// <summary>How many offers it can take now; 0: none, but cancels reach it at once.</summary>
    public required int FreeSlots { get; init; }
    /// <summary>Attempts it has been offered or runs. An offer that is not named was lost on the way.</summary>
    public string[]? Held { get; init; }
    /// <summary>Wait for the first offer, ms, at most 50,000.</summary>
    public long Wait { get; init; }
    /// <summary>
    /// Whether one offer with a large payload may be among them, which the worker then fetches by itself: several at once would be as much
    /// memory and line as clients queue. Null, of an older worker: one may, with its payload in it.
    /// </summary>
    public bool? TakesLarge { get; init; }
}

/// <summary>
/// Answer to a poll; no offers when the time was over. <see cref="Cancels"/> names tasks to end: send a heartbeat now and do
/// what it says. The session is absent from older servers.
/// </summary>
public sealed record PollAnswer(Attempts.Offer[] Offers, bool Draining, string[]? Cancels = null, string? Session = null);

/// <summary>The body of POST /worker/heartbeat.</summary>
public sealed record Heartbeat
{
    /// <summary>The live session.</summary>
    public required string Session { get; init; }
    /// <summary>Attempts it runs, and those of <see cref="Reporting"/>.</summary>
    public string[]? Attempts { get; init; }
    /// <summary>Those that have ended and whose results are on their way, on a slow line for long. From protocol 5 on.</summary>
    public string[]? Reporting { get; init; }
    /// <summary>Agent sessions on this PC's disk, newest first, at most 100; left out when nothing changed.</summary>
    public RecentSession[]? RecentSessions { get; init; }
    /// <summary>The end of the worker's own audit log; left out when nothing changed.</summary>
    public AuditHead? AuditHead { get; init; }
    /// <summary>Asks where the chains of the server's audit end, to keep it. From protocol 6 on.</summary>
    public bool? WantsAuditHeads { get; init; }
}

/// <summary>POST /worker/facts: what the PC is, when it has changed. Nothing is decided by it.</summary>
public sealed record AnnounceFacts(string Session, WorkerFacts Facts);

/// <summary>200 to facts. Older servers answer 204.</summary>
public sealed record FactsTaken(string Session, bool Taken);

/// <summary>Facts about a PC, for people: what its daemon saw. Each may be missing.</summary>
public sealed record WorkerFacts
{
    /// <summary>Name and version of the operating system.</summary>
    public string? System { get; init; }
    /// <summary>Processors a task may use.</summary>
    public int? Cores { get; init; }
    /// <summary>Memory, bytes.</summary>
    public long? Memory { get; init; }
    /// <summary>Free for the person on the disk of their home, bytes; in steps, so that it changes seldom.</summary>
    public long? DiskFree { get; init; }
    /// <summary>Charge of the battery, percent, in steps of 5; missing without one.</summary>
    public int? Battery { get; init; }
    /// <summary>It runs on its battery.</summary>
    public bool? OnBattery { get; init; }
    /// <summary>Programs found in a task's PATH, with their versions.</summary>
    public Dictionary<string, string>? Tools { get; init; }
    /// <summary>True while its owner has it take no work; else missing.</summary>
    public bool? Paused { get; init; }
    /// <summary>Since when, ms since 1970 by the PC's clock.</summary>
    public long? PausedSince { get; init; }
    /// <summary>Until when, in the same form; missing: until the owner says so.</summary>
    public long? PausedUntil { get; init; }
    /// <summary>While it is in the quiet hours of its policy: when they end, in the same form; else missing.</summary>
    public long? QuietUntil { get; init; }
}

/// <summary>Per attempt: <c>continue</c>, <c>cancel</c> or <c>superseded</c>. The session is absent from older servers.</summary>
public sealed record HeartbeatAnswer(Dictionary<string, string> Attempts, bool Draining, string? Session = null)
{
    /// <summary>Where the chains of the server's audit end, the newest first; null: not asked for, or not to be read now.</summary>
    public AuditChainHead[]? AuditHeads { get; init; }
}

/// <summary>An agent's session on a PC's disk; the compatible shape of /claude/recent.</summary>
public sealed record RecentSession
{
    /// <summary>Its id.</summary>
    public required string SessionId { get; init; }
    /// <summary>Folder it belongs to.</summary>
    public required string Project { get; init; }
    /// <summary>ISO 8601.</summary>
    public required string LastModified { get; init; }
    /// <summary>Size of its file.</summary>
    public required long SizeKB { get; init; }
    /// <summary>First words of the first prompt.</summary>
    public required string Topic { get; init; }
    /// <summary>PC it is on.</summary>
    public string? Worker { get; init; }
    /// <summary>Whose it is: <c>codex</c>, <c>gemini</c>; null for Claude Code.</summary>
    public string? Agent { get; init; }
}

/// <summary>A worker as a client sees it.</summary>
public sealed record WorkerView
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }
    /// <summary>online, draining or offline.</summary>
    public required string Status { get; init; }
    /// <summary>The owner's labels.</summary>
    public required string[] Labels { get; init; }
    /// <summary>Kinds it runs.</summary>
    public required string[] Kinds { get; init; }
    /// <summary>What it says of its custom kinds.</summary>
    public KindManifest[]? Manifests { get; init; }
    /// <summary>Operating system.</summary>
    public string? Os { get; init; }
    /// <summary>Processor architecture.</summary>
    public string? Arch { get; init; }
    /// <summary>Version of its daemon; null for a worker of the compatible protocol.</summary>
    public string? Version { get; init; }
    /// <summary>Last sign of life, ms since 1970.</summary>
    public long? LastSeen { get; init; }
    /// <summary>Tasks at most at once.</summary>
    public int MaxConcurrent { get; init; }
    /// <summary>Ids of tasks it runs.</summary>
    public required string[] Running { get; init; }
    /// <summary>What its daemon says of the PC; missing until it did.</summary>
    public WorkerFacts? Facts { get; init; }
    /// <summary>Id of the key it is known by; missing: it came with a token.</summary>
    public string? Identity { get; init; }
    /// <summary>Kinds that it offers and gets no tasks of until its owner says yes on the PC.</summary>
    public string[]? Withheld { get; init; }
    /// <summary>Where its own audit log ended when the server heard of that last; missing: it never did.</summary>
    public KnownAuditHead? AuditLog { get; init; }
}

/// <summary>Where a worker's own audit log ended: rows, the hash of the last, and when it was heard of, ms since 1970.</summary>
public sealed record KnownAuditHead(long Rows, string Hash, long At);

/// <summary>All workers of the tenant by name, or a page of them.</summary>
public sealed record WorkerListView(WorkerView[] Workers, string? NextCursor = null);
