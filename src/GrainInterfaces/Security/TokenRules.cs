namespace OpenClaw.GrainInterfaces.Security;

/// <summary>What a token may do less than its role. A field that is null restricts nothing.</summary>
[GenerateSerializer, Immutable, Alias("TokenRules")]
public sealed record TokenRules
{
    /// <summary>Names of its scopes; unknown ones give nothing.</summary>
    [Id(0)] public string[]? Scopes { get; init; }
    /// <summary>Its tasks name one of these workers.</summary>
    [Id(1)] public string[]? Workers { get; init; }
    /// <summary>Its tasks require all of these labels.</summary>
    [Id(2)] public string[]? Labels { get; init; }
    /// <summary>Its tasks are of one of these kinds.</summary>
    [Id(3)] public string[]? Kinds { get; init; }
    /// <summary>Longest time-out of its tasks.</summary>
    [Id(4)] public TimeSpan? LongestTimeout { get; init; }
    /// <summary>Requests a minute, on each gateway.</summary>
    [Id(5)] public int? RequestsPerMinute { get; init; }
    /// <summary>Tasks that it may have queued.</summary>
    [Id(6)] public int? MaxQueued { get; init; }
    /// <summary>Tasks of it that may run at once.</summary>
    [Id(7)] public int? MaxRunning { get; init; }
}
