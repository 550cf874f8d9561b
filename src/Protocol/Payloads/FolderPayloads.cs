using OpenClaw.Protocol.Problems;

namespace OpenClaw.Protocol.Payloads;

/// <summary>The payload of <c>file-stat</c>: which file or folder.</summary>
public sealed record FileStatPayload : IPayload
{
    /// <summary>Which file or folder.</summary>
    public required string Path { get; init; }
    /// <summary>Reads a regular file through and says its SHA-256.</summary>
    public bool? Hash { get; init; }

    /// <inheritdoc/>
    public bool NeedsSessionProtocol() => true;

    /// <inheritdoc/>
    public void Validate(FieldErrors errors) => FileRules.ValidatePath(errors, Path);
}

/// <summary>The payload of <c>file-list</c>: which folder, and which page of it.</summary>
public sealed record FileListPayload : IPayload
{
    /// <summary>Which folder.</summary>
    public required string Path { get; init; }
    /// <summary>
    /// Which entries: <c>*</c>, <c>?</c> and <c>[a-z]</c> within a name, <c>**</c> over any number of folders; default <c>*</c>.
    /// </summary>
    public string? Pattern { get; init; }
    /// <summary>Begins behind this entry: <c>next</c> of the page before.</summary>
    public string? After { get; init; }
    /// <summary>Most entries, 1000.</summary>
    public int? Limit { get; init; }

    /// <inheritdoc/>
    public bool NeedsSessionProtocol() => true;

    /// <inheritdoc/>
    public void Validate(FieldErrors errors)
    {
        FileRules.ValidatePath(errors, Path);
        errors.RequirePath("pattern", Pattern);
        if (Pattern is not null && Pattern.Split('/').Any(part => part is "" or "." or ".."))
            errors.Add("pattern", "must be names and / in between: it begins in the folder and never leads out of it");
        errors.RequirePath("after", After);
        errors.RequireRange("limit", Limit, 1, Limits.FileEntries);
    }
}

/// <summary>The payload of <c>file-tar</c>: which folder, and where the archive goes.</summary>
public sealed record FileTarPayload : IPayload
{
    /// <summary>Which folder.</summary>
    public required string Path { get; init; }
    /// <summary>File on the PC that gets the archive; else its bytes are stdout, at most 10 MiB.</summary>
    public string? Target { get; init; }

    /// <inheritdoc/>
    public bool NeedsSessionProtocol() => true;

    /// <inheritdoc/>
    public void Validate(FieldErrors errors)
    {
        FileRules.ValidatePath(errors, Path);
        errors.RequirePath("target", Target);
    }
}
