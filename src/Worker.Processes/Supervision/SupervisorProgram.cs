using System.Runtime.CompilerServices;
using OpenClaw.Worker.FileSystems;

namespace OpenClaw.Worker.Processes.Supervision;

/// <summary>
/// The daemon's own program, to be started once more for each supervisor. Its file may be moved, removed or replaced meanwhile, by an
/// update above all: a supervisor is of the daemon's own version, or there is none.
/// </summary>
internal sealed class SupervisorProgram
{
    private const string Itself = "/proc/self/exe";
    private const int MostHanging = 2;
    private static readonly TimeSpan StatusTimeout = TimeSpan.FromSeconds(2);
    private readonly FileSystemCalls calls = new(MostHanging, TimeProvider.System);
    private readonly IReadOnlyList<(string Path, FileStatus? Status)> files;
    private readonly bool startsFromItself;

    /// <param name="argv">Program and first arguments.</param>
    /// <param name="startsFromItself">
    /// The kernel can start what this process runs, whatever became of the file: on Linux, when that is all of the program. A file with
    /// a runtime or assemblies beside it looks for them by its path.
    /// </param>
    public SupervisorProgram(IReadOnlyList<string> argv, bool startsFromItself)
    {
        (Argv, this.startsFromItself) = (argv, startsFromItself);
        files = [.. argv.Append(argv[0] + ".dll").Where(File.Exists).Select(path => (path, ReadStatusWithTimeout(path)))];
    }

    /// <summary>Of this process, when that is what the arguments start.</summary>
    public static SupervisorProgram FromArguments(IReadOnlyList<string> argv)
    {
        var isWhole = argv is [var only] && only == Environment.ProcessPath && !RuntimeFeature.IsDynamicCodeSupported;
        return new(argv, OperatingSystem.IsLinux() && isWhole && File.Exists(Itself));
    }

    public IReadOnlyList<string> Argv { get; }

    /// <summary>The file to start. The started process gets its name (argv[0]) from <see cref="Argv"/>.</summary>
    public string StartPath => startsFromItself ? Itself : Argv[0];

    /// <summary>Why no supervisor can be started, a sentence; null: one can.</summary>
    public string? ExplainBlocked() => !startsFromItself && FindChange() is { } change
        ? $"{change}: until the daemon is started again no program is started, and offers are left at the server" : null;

    /// <summary>What became of the file and what follows from it, a sentence; null: it is as it was.</summary>
    /// <param name="version">What runs.</param>
    public string? DescribeChange(string version) => ExplainBlocked() ?? (FindChange() is not { } change ? null
        : $"{change}: tasks go on with the version that runs, {version}; the next start of the daemon takes what is "
            + "there then");

    private string? FindChange()
    {
        foreach (var (path, before) in files)
        {
            // Of what can't be looked at nothing is known: it counts as it was.
            if (before is not { } status || ReadStatusWithTimeout(path) is not { } now) continue;
            if (now.Type == FileType.Missing) return $"the worker's own file {path} is gone";
            if (now.Identity != status.Identity || now.Size != status.Size || now.Changed != status.Changed)
                return $"the worker's own file {path} was replaced";
        }
        return null;
    }

    private FileStatus? ReadStatusWithTimeout(string path) => calls.RunWithTimeout(() => ReadStatus(path), null, StatusTimeout);

    private static FileStatus? ReadStatus(string path)
    {
        try
        {
            var folder = Path.GetDirectoryName(path)!;
            if (!Directory.Exists(folder)) return default(FileStatus);
            using var held = FolderHandle.Open(RealPath.ResolveLinks(folder) ?? folder);
            return held.GetStatus(Path.GetFileName(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
