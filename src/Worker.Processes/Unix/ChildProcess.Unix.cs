using OpenClaw.Worker.Processes.Arguments;
using OpenClaw.Worker.Processes.Output;
using OpenClaw.Worker.Processes.Unix.Cgroups;
using OpenClaw.Worker.Processes.Unix.Guards;
using OpenClaw.Worker.Processes.Unix.Terminals;

namespace OpenClaw.Worker.Processes.Unix;

/// <summary>
/// Two threads of its own: one waits for the program, one moves its bytes. So neither a slow reader nor a busy thread pool touches
/// the heartbeat, and nothing competes with .NET's own SIGCHLD handling, which waits only for ids it started itself.
/// The program stays a zombie until <see cref="Dispose"/>: while its tree is being looked at its id can't be given out again.
/// </summary>
internal sealed class UnixChild : ChildProcess
{
    private const int StackSize = 128 * 1024;
    private const int TooLarge = 7;
    private static readonly int? LimitOfOneArgument = Native.Mac ? null : ArgumentSize.GetLimitOfOne(Environment.SystemPageSize);
    private readonly TreeGuard guard;
    private readonly PipePump pump;
    private readonly TaskCompletionSource<ProcessEnd> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int disposed;

    private UnixChild(int pid, PipePump pump, TreeGuard guard)
    {
        Id = pid;
        this.pump = pump;
        this.guard = guard;
        var pumping = StartThread(pump.Run, "output");
        StartThread(() => WaitForProgram(pumping), "wait");
    }

    public override int Id { get; }

    public override Task<ProcessEnd> Ended => ended.Task;

    public static ChildStart Spawn(ProcessSpec spec, IOutputSink output, Func<bool> mayStart, TimeProvider clock)
    {
        if (FindSpecError(spec) is { } rejection) return rejection;
        if (ProgramPath.FindFile(spec) is not { } file) return $"the program '{spec.Argv[0]}' was not found in PATH";
        var (folders, changed) = InheritedFolders.OpenAll(spec.Folders);
        if (folders is null) return changed!;
        using var inherited = folders;
        using var script = ScriptFile.OpenWithText(spec.Script);
        using var pipes = new ChildPipes(spec);
        var guard = new TreeGuard(spec, output, clock);
        var may = true;
        ChildReaper.CloseDescriptorsOnExec();
        var ends = pipes.ToChild with { Inherited = inherited.Descriptors, Script = (int?)script?.DangerousGetHandle() };
        // Asked here and not earlier: what was stopped while folder, program and control group were looked for is not started.
        var errno = ChildReaper.StartTracked((
            out int id) => (may = mayStart()) ? guard.StartProgram(file, spec, ends, out id) : id = 0, out var pid);
        if (may && errno == 0) return new UnixChild(pid, pipes.CreatePump(guard.Output, clock), guard);
        guard.Dispose();
        if (!may) return default;
        if (errno == TooLarge)
            return ChildStart.CreateTooLarge(ArgumentSize.DescribeExcess(spec.Argv, spec.Environment, LimitOfOneArgument));
        return Directory.Exists(spec.WorkingDirectory) ? ProgramPath.DescribeError(spec, errno) : DescribeMissingFolder(spec);
    }

    public override Task<TreeEnd> KillTree(TimeSpan grace)
    {
        pump.Interrupt();
        return guard.KillAll(grace);
    }

    public override void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0) return;
        pump.Stop();
        // Reaps when the program has ended; when it has not, the reaper does later.
        ChildReaper.ReleaseTracked(Id);
        guard.Dispose();
    }

    private static string? FindSpecError(ProcessSpec spec)
    {
        if (spec.Argv.Count == 0 || spec.Argv[0].Length == 0) return "no program is named";
        if (spec.Argv.Any(HasNul) || HasNul(spec.WorkingDirectory) || spec.Environment.Any(pair => HasNul(pair.Key) || HasNul(pair.Value)))
            return "an argument, the folder or a variable holds a NUL character";
        if (spec.Environment.Keys.FirstOrDefault(name => name.Length == 0 || name.Contains('=', StringComparison.Ordinal)) is { } name)
            return $"'{name}' is no name of a variable";
        return Directory.Exists(spec.WorkingDirectory) ? null : DescribeMissingFolder(spec);
    }

    private static bool HasNul(string text) => text.Contains('\0', StringComparison.Ordinal);

    private static string DescribeMissingFolder(ProcessSpec spec) => $"the folder '{spec.WorkingDirectory}' does not exist";

    private static Thread StartThread(ThreadStart body, string name)
    {
        var thread = new Thread(body, StackSize) { IsBackground = true, Name = name };
        thread.Start();
        return thread;
    }

    private void WaitForProgram(Thread pumping)
    {
        var end = ChildReaper.WaitForEnd(Id);
        pump.MarkProgramEnded();
        pumping.Join();
        if (pump.SinkError is { } error)
            ended.TrySetException(error);
        else
            ended.TrySetResult(guard.CompleteEnd(end));
    }
}

/// <summary>
/// The descriptors a child gets as its first three; below 0: /dev/null. With a terminal all three are that. What is opened first, and
/// forgotten, may hold it back: the gate.
/// </summary>
internal readonly record struct ChildEnds(int Stdin, int Stdout, int Stderr, string? Terminal = null, SpawnGate? Gate = null)
{
    /// <summary>Further descriptors, see <see cref="InheritedFolder"/>; null: none.</summary>
    public int[]? Inherited { get; init; }

    /// <summary>See <see cref="InheritedScript"/>; null: none.</summary>
    public int? Script { get; init; }
}

/// <summary>
/// The pipes or the terminal of a child about to start: the child's ends are closed here in any case, ours go to the pump.
/// </summary>
internal sealed class ChildPipes : IDisposable
{
    private readonly (int Read, int Write) input = (-1, -1);
    private readonly (int Read, int Write) output = (-1, -1);
    private readonly (int Read, int Write) error = (-1, -1);
    private readonly string? terminal;
    private readonly ReadOnlyMemory<byte> stdin;
    private bool handedOver;

    public ChildPipes(ProcessSpec spec)
    {
        stdin = spec.Stdin ?? default;
        try
        {
            if (spec.Terminal is { } size)
            {
                (var master, output.Write, terminal) = PseudoTerminal.Open(size);
                (output.Read, input.Write) = (master, Native.Duplicate(master));
                return;
            }
            output = Native.CreatePipe();
            error = Native.CreatePipe();
            if (spec.Stdin is not null) input = Native.CreatePipe();
        }
        catch (IOException)
        {
            Dispose();
            throw;
        }
    }

    public ChildEnds ToChild => new(input.Read, output.Write, error.Write, terminal);

    public PipePump CreatePump(IOutputSink sink, TimeProvider clock)
    {
        var pump = new PipePump(new PumpEnds(input.Write, output.Read, error.Read, terminal), stdin, sink, clock);
        handedOver = true;
        return pump;
    }

    public void Dispose()
    {
        CloseIfOpen(input.Read);
        CloseIfOpen(output.Write);
        CloseIfOpen(error.Write);
        if (handedOver) return;
        CloseIfOpen(input.Write);
        CloseIfOpen(output.Read);
        CloseIfOpen(error.Read);
    }

    private static void CloseIfOpen(int fd)
    {
        if (fd >= 0) _ = Native.Close(fd);
    }
}
