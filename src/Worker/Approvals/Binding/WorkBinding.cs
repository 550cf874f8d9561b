using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using OpenClaw.Worker.FileSystems;

namespace OpenClaw.Worker.Approvals.Binding;

/// <summary>A file that an approval is about: it is this one, and holds this.</summary>
/// <param name="Role">What it is to the task: <c>program</c> or <c>script</c>.</param>
/// <param name="Path">Where it was found, as it is started; links are not followed in it.</param>
/// <param name="Identity">Which file the links lead to: inode and time of birth.</param>
/// <param name="Sha256">Of its content, hex; null: it is larger than <see cref="WorkBinding.MostHashed"/>, and its version counts.</param>
/// <param name="Version">Size and time of its last change.</param>
internal sealed record BoundFile(string Role, string Path, string Identity, string? Sha256, string Version)
{
    /// <summary>For the owner's eyes.</summary>
    public string Title => $"{Role} {Path}, {(Sha256 is null ? $"too large to be hashed, {Version}" : $"sha256 {Sha256}")}";

    /// <summary>The same file with the same content. A copy with another time is another version of the same content.</summary>
    public bool IsSameAs(BoundFile other) => Path == other.Path && Identity == other.Identity && Sha256 == other.Sha256
        && (Sha256 is not null || Version == other.Version);
}

/// <summary>
/// What a yes to a command is bound to besides its payload: the files that would run, as they were when the owner was asked. They are
/// looked at again between the yes and the start.
/// </summary>
/// <param name="Files">Program, and the script where a known interpreter runs one.</param>
/// <param name="Unbound">Why what runs is known only when it runs, a sentence; null: the files say it.</param>
internal sealed record WorkBinding(IReadOnlyList<BoundFile> Files, string? Unbound)
{
    /// <summary>Content up to this size is hashed.</summary>
    public const long MostHashed = 256L << 20;
    public const string DriftRule = "approval-drift";
    /// <summary>Roles of a <see cref="BoundFile"/>.</summary>
    public const string Program = "program";
    /// <inheritdoc cref="Program"/>
    public const string Script = "script";

    public static WorkBinding None { get; } = new([], null);

    /// <summary>What the digest of the work has of it, a line for each file; empty: nothing.</summary>
    public string Text => string.Join('\n', Files.Select(file => $"{file.Role} {file.Path} {file.Identity} {file.Sha256 ?? file.Version}"));

    /// <summary>Why the files are not those of the yes; null: they are. Reads them, which may hang on a dead file system.</summary>
    public string? FindDrift()
    {
        foreach (var file in Files)
        {
            var now = ReadFile(file.Role, file.Path);
            if (now is null) return $"the {file.Role} {file.Path} is gone, or can't be read, since it was approved";
            if (!now.IsSameAs(file)) return $"the {file.Role} {file.Path} is not the file that was approved: it was changed or replaced";
        }
        return null;
    }

    /// <summary>The same arguments with the program as the file that was found then; null: it is another one by now. Pure.</summary>
    public IReadOnlyList<string>? PinProgram(IReadOnlyList<string> argv)
    {
        // A path names its file itself, from the same folder.
        if (Files is not [{ Role: Program } program, ..]) return argv;
        if (!argv[0].Contains('/', StringComparison.Ordinal)) return [program.Path, .. argv.Skip(1)];
        return !Path.IsPathFullyQualified(argv[0]) || argv[0] == program.Path ? argv : null;
    }

    /// <summary>A file as it is now; null: there is none that can be read, or on Windows.</summary>
    public static BoundFile? ReadFile(string role, string path)
    {
        try
        {
            if (OperatingSystem.IsWindows() || RealPath.ResolveLinks(Path.GetFullPath(path)) is not { } real
                || Path.GetDirectoryName(real) is not { } parent) return null;
            using var folder = FolderHandle.OpenForStatus(parent);
            // Opened once: identity, size and content are of one file, whatever is put in its place meanwhile.
            using var handle = folder.OpenRead(Path.GetFileName(real));
            var before = Posix.GetStatus(handle);
            // A pipe, a device or a file of the kernel may have no end.
            if (before.Type != FileType.Regular || folder.IsKernelFolder) return null;
            var hash = before.Size <= MostHashed ? ComputeHash(handle) : null;
            return Posix.GetStatus(handle).Version == before.Version
                ? new BoundFile(role, path, FormatIdentity(before.Identity), hash, before.Version) : null;
        }
        catch (Exception error) when (FileSystemCalls.IsExpected(error))
        {
            return null;
        }
    }

    private static string ComputeHash(SafeFileHandle handle)
    {
        using var content = new FileStream(new SafeFileHandle(handle.DangerousGetHandle(), ownsHandle: false), FileAccess.Read);
        return Convert.ToHexStringLower(SHA256.HashData(content));
    }

    private static string FormatIdentity(FileIdentity file) =>
        string.Create(CultureInfo.InvariantCulture, $"{file.Inode:x}-{file.Born:x}");
}
