using OpenClaw.GrainInterfaces.Workers;

namespace OpenClaw.Grains.Workers;

/// <summary>What is stored of a worker.</summary>
[GenerateSerializer, Alias("WorkerRecord")]
internal sealed record WorkerRecord
{
    /// <summary>Epoch of the newest session; 0 before the first.</summary>
    [Id(0)] public long Epoch { get; set; }
    /// <summary>Id of the live session; null: closed, or a worker of the compatible protocol.</summary>
    [Id(1)] public string? Session { get; set; }
    /// <summary>Which daemon opened it.</summary>
    [Id(2)] public string? Instance { get; set; }
    /// <summary>Labels offered, canonical form.</summary>
    [Id(3)] public string Offers { get; set; } = "";
    /// <summary>Tasks it runs at most at once.</summary>
    [Id(4)] public int MaxConcurrent { get; set; } = 1;
    /// <summary>Version of its daemon.</summary>
    [Id(5)] public string? Version { get; set; }
    /// <summary>Takes no new tasks.</summary>
    [Id(6)] public bool Draining { get; set; }
    /// <summary>Last sign of life; up to a minute old in the store.</summary>
    [Id(7)] public DateTimeOffset? LastSeen { get; set; }
    /// <summary>JSON array of the agent sessions on its disk.</summary>
    [Id(8)] public string? RecentSessionsJson { get; set; }
    /// <summary>It said goodbye: offline, however lately it was heard of.</summary>
    [Id(9)] public bool Closed { get; set; }
    /// <summary>JSON object of what its daemon says of the PC.</summary>
    [Id(10)] public string? FactsJson { get; set; }
    /// <summary>JSON array of what it says of its custom kinds.</summary>
    [Id(11)] public string? ManifestsJson { get; set; }
    /// <summary>The process that opened the live session; null: an older daemon's.</summary>
    [Id(12)] public string? Run { get; set; }
    /// <summary>Who opened which sessions, oldest first.</summary>
    [Id(13)] public SessionOwner[] Owners { get; set; } = [];
    /// <summary>Sessions whose attempts are the live one's.</summary>
    [Id(14)] public SessionSpan[]? Owned { get; set; }
    /// <summary>Id of the key that the newest session was signed with; null: a token's.</summary>
    [Id(15)] public string? Identity { get; set; }
    /// <summary>Kinds it offers that its owner has not granted.</summary>
    [Id(16)] public string[] Withheld { get; set; } = [];
}
