namespace OpenClaw.Worker.Approvals.Binding;

/// <summary>A file that an approval is about: it is this one, and holds this.</summary>
/// <param name="Role">What it is to the task, as <see cref="WorkBinding.Program"/> and the like.</param>
/// <param name="Path">Where it was found, as it is started; links are not followed in it.</param>
/// <param name="Identity">Which file the links lead to: inode and time of birth.</param>
/// <param name="Sha256">Of its content, hex; null: it is larger than <see cref="WorkBinding.MostHashed"/>, and its version counts.</param>
/// <param name="Version">Size and time of its last change.</param>
internal sealed record BoundFile(string Role, string Path, string Identity, string? Sha256, string Version)
{
    private const string Missing = "missing";

    /// <summary>There was none, and there must be none when the program starts.</summary>
    public bool IsMissing => Identity == Missing;

    /// <summary>For the owner's eyes.</summary>
    public string Title => IsMissing ? $"{Role} {Path}, which is not there"
        : $"{Role} {Path}, {(Sha256 is null ? $"too large to be hashed, {Version}" : $"sha256 {Sha256}")}";

    /// <summary>A file that was named and is not there: what is put there later was not approved.</summary>
    public static BoundFile CreateMissing(string role, string path) => new(role, path, Missing, null, "");

    /// <summary>A word that would be a file's if there were one. An address is none. Pure.</summary>
    public static bool LooksLikeFile(string word) => word.AsSpan().ContainsAny('/', '.') && !word.Contains('\0', StringComparison.Ordinal)
        && !word.Contains("://", StringComparison.Ordinal) && word.AsSpan().ContainsAnyExcept("0123456789./");

    /// <summary>The same file with the same content. A copy with another time is another version of the same content.</summary>
    public bool IsSameAs(BoundFile other) => Path == other.Path && Identity == other.Identity && Sha256 == other.Sha256
        && (Sha256 is not null || Version == other.Version);
}
