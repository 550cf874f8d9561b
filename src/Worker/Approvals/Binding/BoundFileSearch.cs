using OpenClaw.Worker.FileSystems;
using OpenClaw.Worker.Policy;
using OpenClaw.Worker.Processes;
using OpenClaw.Worker.Processes.Unix;

namespace OpenClaw.Worker.Approvals.Binding;

/// <summary>Looks up and reads the files that the words of one command name. Touches the file system, which may hang.</summary>
/// <param name="spec">The program with the variables and the folder that it will have.</param>
/// <param name="variables">Names of those that the task sets.</param>
/// <param name="view">What it can see of the PC.</param>
internal sealed class BoundFileSearch(ProcessSpec spec, IReadOnlyCollection<string> variables, ProgramView view)
{
    /// <summary>More than so many are not looked at: what is left is open.</summary>
    public const int MostFiles = 32;
    /// <summary>Of all together so much is hashed; of what comes after it size and time count.</summary>
    public const long MostHashedTogether = 512L << 20;
    /// <summary>So many names of nothing are remembered: what is left is open.</summary>
    public const int MostAbsent = 256;
    /// <summary>So deep the kernel follows scripts whose interpreter is a script.</summary>
    private const int MostInterpreters = 4;

    private readonly List<BoundFile> files = [], absent = [];
    private string? unbound;
    private long hashed;

    /// <summary>The file of the first word where it is known already; null: it is looked up.</summary>
    public string? First { get; init; }

    /// <summary>The files of the command, and why they are not all of what would run.</summary>
    public WorkBinding FindFiles()
    {
        AddCommand(spec.Argv, WorkBinding.Program, 0);
        return new([.. files, .. absent], unbound);
    }

    private void AddCommand(IReadOnlyList<string> argv, string role, int depth)
    {
        var words = ProgramWords.FromCommand(argv, variables);
        unbound ??= words.Unbound;
        foreach (var (use, at) in words.Words)
        {
            if (files.Count >= MostFiles || absent.Count >= MostAbsent)
            {
                unbound ??= $"it names more than {(files.Count >= MostFiles ? MostFiles : MostAbsent)} files";
                return;
            }
            if (use == WordUse.Program) AddProgram(argv, at, at == 0 ? role : WorkBinding.Inner, depth);
            else if (use == WordUse.Script) AddNeeded(WorkBinding.Script, argv[at]);
            else AddArgument(argv[at], use == WordUse.Unknown);
        }
    }

    private void AddProgram(IReadOnlyList<string> argv, int at, string role, int depth)
    {
        if (((role == WorkBinding.Program ? First : null) ?? FindProgram(argv[at])) is not { } found
            || AddNeeded(role, found) is not { } path)
        {
            unbound ??= $"the program {argv[at]} was not found";
            return;
        }
        // The first one is started by its path, the others are looked up by whoever starts them.
        if (role != WorkBinding.Program && !argv[at].Contains('/', StringComparison.Ordinal)) unbound ??= view.FindDoubt(path);
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
        foreach (var named in ProgramWords.ListPaths(word)) AddNamed(named, unknown, isCertain: true);
        foreach (var named in ProgramWords.ListPathsBehindLetters(word)) AddNamed(named, unknown, isCertain: false);
        if (unknown && !word.StartsWith('-')) AddUnknown(word, Path.Combine(spec.WorkingDirectory, word));
    }

    /// <summary>
    /// What a word names, or, where it is not certain, may name: of what stands behind several letters most means nothing.
    /// </summary>
    private void AddNamed(string named, bool unknown, bool isCertain)
    {
        var path = Path.Combine(spec.WorkingDirectory, named);
        if (path == "/dev/null" || path.Contains('\0', StringComparison.Ordinal) || Holds(path)) return;
        if (File.Exists(path))
        {
            if (!Add(WorkBinding.Argument, path)) unbound ??= $"the file {named} can't be bound";
        }
        else if (Directory.Exists(path))
        {
            if (unknown && isCertain) unbound ??= $"what the folder {named} holds is not known before it runs";
        }
        else if (named.Length > 0 && !named.StartsWith('-') && !named.Contains("://", StringComparison.Ordinal) && !Path.Exists(path))
        {
            // It may be put there before it is read.
            var isShown = isCertain && BoundFile.LooksLikeFile(named);
            absent.Add(BoundFile.CreateMissing(isShown ? WorkBinding.Argument : WorkBinding.Name, path));
        }
    }

    /// <summary>Not a file: a program of that name may be started.</summary>
    private void AddUnknown(string word, string path)
    {
        if (Path.Exists(path) || word.Contains('/', StringComparison.Ordinal)) return;
        if (FindProgram(word) is not { } program || Holds(program)) return;
        if (Add(WorkBinding.Inner, program)) unbound ??= view.FindDoubt(program);
    }

    private bool Holds(string path) => files.Concat(absent).Any(file => file.Path == path);

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
        : ProgramPath.FindFile(spec with { Argv = [word] }, view.Shows);

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
