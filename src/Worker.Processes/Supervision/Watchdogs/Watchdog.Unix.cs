using System.Collections;
using System.Globalization;
using System.Text;
using OpenClaw.Worker.Processes.Unix;

namespace OpenClaw.Worker.Processes.Supervision.Watchdogs;

/// <summary>
/// Ends a program when its supervisor has been killed, for then nobody keeps its lease. A shell that sleeps in a read from a pipe: only the
/// supervisor has the other end, so the kernel wakes it, however the supervisor died. Neither its name nor its arguments have the worker's
/// name in them, which people kill by.
/// </summary>
internal sealed unsafe class Watchdog : IDisposable
{
    private const string Shell = "/bin/sh";
    private const string EndTask = "END_TASK";

    // The first read gets the program, the second returns when the supervisor is dead. Without the worker's file the process group is
    // killed; its id is the program's, and was given out too recently to be another's.
    private const string Script = $"""
        trap '' HUP INT TERM
        read -r pid start
        read -r nothing
        eval "${EndTask}" '"$pid" "$start"' || [ -z "$pid" ] || kill -s KILL -- "-$pid"
        """;

    private readonly int pid;
    private readonly int pipe;

    private Watchdog(int pid, int pipe) => (this.pid, this.pipe) = (pid, pipe);

    /// <summary>
    /// Starts the shell, before the program is started. Null where there is no shell: then nothing ends the program before the next daemon.
    /// </summary>
    /// <param name="worker">The worker's program and its first arguments.</param>
    /// <param name="orphan">What is to be ended; its process is named later.</param>
    public static Watchdog? Start(IReadOnlyList<string> worker, OrphanProcess orphan)
    {
        var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(pair => (string)pair.Key, pair => (string?)pair.Value ?? "", StringComparer.Ordinal);
        environment[EndTask] = string.Join(' ', worker.Append(EndTaskVerb.Name).Concat(orphan.Arguments).Select(Quote));
        var spec = new ProcessSpec { Argv = [Shell, "-c", Script], Environment = environment, WorkingDirectory = "/" };
        var (read, write) = Native.CreatePipe();
        ChildReaper.CloseDescriptorsOnExec();
        // It shares the supervisor's output, which is /dev/null.
        var errno = ChildReaper.StartTracked((out int id) => PosixSpawn.Start(Shell, spec, new ChildEnds(read, 1, 2), out id), out var pid);
        _ = Native.Close(read);
        if (errno == 0) return new Watchdog(pid, write);
        _ = Native.Close(write);
        return null;
    }

    /// <summary>Names the program that was started, so that it is found by its process, too, and not by its marker alone.</summary>
    public void Watch(int program)
    {
        var start = OrphanProcesses.GetStartTicks(program);
        var line = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{program} {start}\n"));
        fixed (byte* bytes = line)
            _ = Native.Write(pipe, bytes, line.Length);
    }

    /// <summary>
    /// The program has ended; processes that it left running are not the watchdog's to end. The shell is killed before the pipe is closed,
    /// or it would take that for our death.
    /// </summary>
    public void Dispose()
    {
        _ = Native.Kill(pid, Native.SigKill);
        _ = ChildReaper.WaitForEnd(pid);
        ChildReaper.ReleaseTracked(pid);
        _ = Native.Close(pipe);
    }

    private static string Quote(string text) => $"'{text.Replace("'", """'\''""", StringComparison.Ordinal)}'";
}
