namespace OpenClaw.Protocol.Enrolment;

/// <summary>What a server has for PCs that join, and how they reach it. Answered without a token.</summary>
public sealed record JoinFiles
{
    /// <summary>Address that others reach the server by; missing: nobody has told the server.</summary>
    public string? Url { get; init; }
    /// <summary>Pin of the server's own authority; missing: it has none.</summary>
    public string? Pin { get; init; }
    /// <summary>Scripts and programs, each at /join/NAME. Empty: its operator has given it none.</summary>
    public required JoinFile[] Files { get; init; }
}

/// <summary>A file for PCs that join.</summary>
/// <param name="Name">sh or powershell, the scripts of an invitation's line; else the platform of a program, such as linux-x64.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Its hash, 64 lower-case hexadecimal digits.</param>
public sealed record JoinFile(string Name, long Bytes, string Sha256);
