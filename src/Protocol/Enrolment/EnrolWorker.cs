namespace OpenClaw.Protocol.Enrolment;

/// <summary>The body of POST /worker/enrol, whose bearer is a join token. May be repeated with the same key.</summary>
public sealed record EnrolWorker
{
    /// <summary>Name of the PC; missing: the one that the join token fixes.</summary>
    public string? Name { get; init; }
    /// <summary>Public half of its key, P-256: SubjectPublicKeyInfo, base64.</summary>
    public required string PublicKey { get; init; }
    /// <summary>Signature of <see cref="KeySignature.FormatEnrolment"/>, base64url: whoever enrols has the private half.</summary>
    public required string Signature { get; init; }
    /// <summary>Digest of the machine's id, 64 lower-case hex digits; missing: it has none that counts, as in a container.</summary>
    public string? Machine { get; init; }
    /// <summary>Secret id of the daemon's home, as in its sessions: by it a worker of before is known to be the same.</summary>
    public required string Instance { get; init; }
    /// <summary>Kinds its owner lets it run.</summary>
    public required string[] Kinds { get; init; }
}

/// <summary>What the server keeps of an enrolled worker.</summary>
public sealed record EnrolledWorker
{
    /// <summary>Id of the key: goes into each signed request.</summary>
    public required string Identity { get; init; }
    /// <summary>Name of the worker.</summary>
    public required string Name { get; init; }
    /// <summary>Whose tasks these are; signed requests name it.</summary>
    public required string Server { get; init; }
    /// <summary>Kinds it gets tasks of.</summary>
    public required string[] Kinds { get; init; }
    /// <summary>Labels it has, where the invitation fixed them.</summary>
    public string[]? Labels { get; init; }
}

/// <summary>The body of POST /worker/challenge.</summary>
/// <param name="Identity">Id of the key that is to sign.</param>
public sealed record AskChallenge(string Identity);

/// <summary>What a signed request has to name. Answered for an id that nobody has as well.</summary>
/// <param name="Identity">As asked.</param>
/// <param name="Challenge">Good for one request within a minute, by the server's clock.</param>
public sealed record KeyChallenge(string Identity, string Challenge);

/// <summary>The body of POST /worker/kinds, which the worker's key signs: its owner's yes to these kinds, and to no others.</summary>
public sealed record GrantKinds(string[] Kinds);
