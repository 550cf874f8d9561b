using OpenClaw.Worker.FileSystems;
using OpenClaw.Worker.Processes;
using OpenClaw.Worker.Processes.Unix;

namespace OpenClaw.Worker.Approvals.Binding;

/// <summary>Looks up and reads the files that the words of one command name. Touches the file system, which may hang.</summary>
internal sealed class BoundFileSearch(ProcessSpec spec, IReadOnlyCollection<string> variables)
{
    /// <summary>More than so many are not looked at: what is left is open.</summary>
    public const int MostFiles = 32;
    /// <summary>Of all together so much is hashed; of what comes after it size and time count.</summary>
    public const long MostHashedTogether = 512L << 20;
    /// <summary>So deep the kernel follows scripts whose interpreter is a script.</summary>
    private const int MostInterpreters = 4;

    private readonly List<BoundFile> files = [];
    private string? unbound;
    private long hashed;

    /// <summary>The files of the command, and why they are not all of what would run.</summary>
    public WorkBinding FindFiles()
    {
        AddCommand(spec.Argv, WorkBinding.Program, 0);
        return new(files, unbound);
    }

    private void AddCommand(IReadOnlyList<string> argv, string role, int depth)
    {
        var words = ProgramWords.FromCommand(argv, variables);
        unbound ??= words.Unbound;
        foreach (var (use, at) in words.Words)
        {
            if (files.Count >= MostFiles)
            {
                unbound ??= $"it names more than {MostFiles} files";
                return;
            }
            if (use == WordUse.Program) AddProgram(argv, at, at == 0 ? role : WorkBinding.Inner, depth);
            else if (use == WordUse.Script) AddNeeded(WorkBinding.Script, argv[at]);
            else AddArgument(argv[at], use == WordUse.Unknown);
        }
    }

    private void AddProgram(IReadOnlyList<string> argv, int at, string role, int depth)
    {
        if (FindProgram(argv[at]) is not { } found || AddNeeded(role, found) is not { } path)
        {
            unbound ??= $"the program {argv[at]} was not found";
            return;
        }
        if (ReadStart(path) is not { } interpreter) return;
        if (depth < MostInterpreters) AddCommand([.. interpreter, path, .. argv.Skip(at + 1)], WorkBinding.Interpreter, depth + 1);
        else unbound ??= $"{path} has too many interpreters";
    }

    private string? AddNeeded(string role, string word)
    {
        var path = Path.Combine(spec.WorkingDirectory, word);
        if (Holds(path)) return path;
        if (Add(role, path)) return path;
        unbound ??= $"the {role} {word} can't be read";
        return null;
    }

    private void AddArgument(string word, bool unknown)
    {
        foreach (var named in ProgramWords.ListPaths(word))
        {
            var path = Path.Combine(spec.WorkingDirectory, named);
            if (path == "/dev/null" || path.Contains('\0', StringComparison.Ordinal) || Holds(path)) continue;
            if (File.Exists(path))
            {
                if (!Add(WorkBinding.Argument, path)) unbound ??= $"the file {named} can't be bound";
            }
            else if (unknown && Directory.Exists(path))
            {
                unbound ??= $"what the folder {named} holds is not known before it runs";
            }
            else if (!Path.Exists(path) && !named.StartsWith('-') && BoundFile.LooksLikeFile(named))
            {
                // It may be put there before it is read.
                files.Add(BoundFile.CreateMissing(path));
            }
        }
        foreach (var path in ProgramWords.ListPathsBehindLetters(word).Select(named => Path.Combine(spec.WorkingDirectory, named)))
        {
            if (!path.Contains('\0', StringComparison.Ordinal) && File.Exists(path) && !Holds(path) && !Add(WorkBinding.Argument, path))
                unbound ??= $"the file {path} can't be bound";
        }
        if (unknown && !word.StartsWith('-')) AddUnknown(word, Path.Combine(spec.WorkingDirectory, word));
    }

    /// <summary>Not a file: a program of that name may be started.</summary>
    private void AddUnknown(string word, string path)
    {
        if (Path.Exists(path) || word.Contains('/', StringComparison.Ordinal)) return;
        if (FindProgram(word) is { } program && !Holds(program)) Add(WorkBinding.Inner, program);
    }

    private bool Holds(string path) => files.Any(file => file.Path == path);

    private bool Add(string role, string path)
    {
        if (WorkBinding.ReadFile(role, path, TakeBudget) is not { } file) return false;
        files.Add(file);
        return true;
    }

    private bool TakeBudget(long size)
    {
        if (size > WorkBinding.MostHashed || hashed + size > MostHashedTogether) return false;
        hashed += size;
        return true;
    }

    private string? FindProgram(string word) => word.Length == 0 || word.Contains('\0', StringComparison.Ordinal) ? null
        : ProgramPath.FindFile(spec with { Argv = [word] });

    private static string[]? ReadStart(string path)
    {
        try
        {
            using var file = File.OpenHandle(path);
            Span<byte> start = stackalloc byte[Shebang.MaxLength];
            return Shebang.ReadWords(start[..RandomAccess.Read(file, start, 0)]);
        }
        catch (Exception error) when (FileSystemCalls.IsExpected(error))
        {
            return null;
        }
    }
}
