namespace OpenClaw.Protocol.Security;

/// <summary>The body of POST /admin/tokens.</summary>
public sealed record MakeToken
{
    /// <summary><c>client</c>, <c>worker</c> or <c>admin</c>.</summary>
    public required string Role { get; init; }
    /// <summary>What it is for, for people who read the list.</summary>
    public string? Name { get; init; }
    /// <summary>What it may do; missing: all that its role may.</summary>
    public string[]? Scopes { get; init; }
    /// <summary>Which tasks it may ask for and see; missing: all of its tenant.</summary>
    public TokenNarrowing? Narrowing { get; init; }
    /// <summary>Requests a minute, on each gateway; missing: as many as it likes.</summary>
    public int? RequestsPerMinute { get; init; }
    /// <summary>Tasks that it may have queued; missing: as many as it likes.</summary>
    public int? MaxQueued { get; init; }
    /// <summary>Tasks of it that may run at once, the others wait; missing: as many as there are workers for.</summary>
    public int? MaxRunning { get; init; }
    /// <summary>It ends after so many ms; missing: never.</summary>
    public long? ExpiresIn { get; init; }
    /// <summary>Name of the person it is for, whose roles it has at most; missing: nobody.</summary>
    public string? Person { get; init; }
}

/// <summary>POST /admin/tokens/{id}: what the token may do from now on. What is missing is not restricted.</summary>
public sealed record ChangeToken
{
    /// <summary>What it may do. Must be said, so that nothing is given by leaving it out.</summary>
    public required string[] Scopes { get; init; }
    /// <summary>Which tasks it may ask for and see; missing: all of its tenant.</summary>
    public TokenNarrowing? Narrowing { get; init; }
    /// <summary>Requests a minute, on each gateway; missing: as many as it likes.</summary>
    public int? RequestsPerMinute { get; init; }
    /// <summary>Tasks that it may have queued; missing: as many as it likes.</summary>
    public int? MaxQueued { get; init; }
    /// <summary>Tasks of it that may run at once, the others wait; missing: as many as there are workers for.</summary>
    public int? MaxRunning { get; init; }
}

/// <summary>The body of POST /admin/tokens/{id}/rotate.</summary>
public sealed record RotateToken
{
    /// <summary>For so many ms the secret of before is good as well; default 0, at most a day.</summary>
    public long? Overlap { get; init; }
}

/// <summary>
/// What a token may ask for. All that is given holds at once. A task that it could not have asked for is to it as if it were not there.
/// </summary>
public sealed record TokenNarrowing
{
    /// <summary>Its tasks name one of these workers.</summary>
    public string[]? Workers { get; init; }
    /// <summary>Its tasks require all of these labels.</summary>
    public string[]? Labels { get; init; }
    /// <summary>Its tasks are of one of these kinds.</summary>
    public string[]? Kinds { get; init; }
    /// <summary>Longest <c>timeout</c> of its tasks, ms.</summary>
    public long? MaxTimeout { get; init; }
}
