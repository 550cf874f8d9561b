using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using OpenClaw.Worker.FileSystems;

namespace OpenClaw.Worker.Approvals.Binding;

/// <summary>
/// What a yes to a command is bound to besides its payload: the files that would run, as they were when the owner was asked. They are
/// looked at again between the yes and the start.
/// </summary>
/// <param name="Files">The program first, its interpreter, script, and the files among its arguments.</param>
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
    /// <inheritdoc cref="Program"/>
    public const string Interpreter = "interpreter";
    /// <summary>Started by another program.</summary>
    public const string Inner = "inner program";
    /// <summary>Named by an argument.</summary>
    public const string Argument = "file";
    /// <summary>A word, or a part of one, that would name a file if there were one and does not look like it.</summary>
    public const string Name = "name";
    /// <summary>Of those so many are shown.</summary>
    private const int MostNamesShown = 8;

    public static WorkBinding None { get; } = new([], null);

    /// <summary>What the digest of the work has of it, a line for each file; empty: nothing.</summary>
    public string Text => string.Join('\n', Files.Select(file => $"{file.Role} {file.Path} {file.Identity} {file.Sha256 ?? file.Version}"));

    /// <summary>For people, a line for each file; of names of nothing one line for all.</summary>
    public IEnumerable<string> Lines
    {
        get
        {
            foreach (var file in Files.Where(file => file.Role != Name)) yield return file.Title;
            string[] names = [.. Files.Where(file => file.Role == Name).Select(file => Path.GetFileName(file.Path))];
            if (names.Length == 0) yield break;
            var more = names.Length > MostNamesShown
                ? string.Create(CultureInfo.InvariantCulture, $" and {names.Length - MostNamesShown} more") : "";
            yield return $"no file named {string.Join(", ", names.Take(MostNamesShown))}{more}: none is there, and none may be";
        }
    }

    /// <summary>Why the files are not those of the yes; null: they are. Reads them, which may hang on a dead file system.</summary>
    public string? FindDrift()
    {
        foreach (var file in Files)
        {
            if (file.IsMissing)
            {
                if (Path.Exists(file.Path)) return $"the {file.Role} {file.Path} was not there when it was approved";
                continue;
            }
            var now = ReadFile(file.Role, file.Path, size => file.Sha256 is not null && size <= MostHashed);
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

    /// <summary>
    /// A file as it is now; null: there is none that can be read, or on Windows. <paramref name="hashes"/> says of its size whether its
    /// content is hashed.
    /// </summary>
    public static BoundFile? ReadFile(string role, string path, Func<long, bool> hashes)
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
            var hash = hashes(before.Size) ? ComputeHash(handle) : null;
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
