using System.Runtime.InteropServices;
using OpenClaw.Worker.Processes.Output;
using OpenClaw.Worker.Processes.Unix.Terminals;

namespace OpenClaw.Worker.Processes.Unix;

/// <summary>
/// Our ends of a child's pipes; of a terminal, input and output are the same, there is no error stream, and it has a name.
/// </summary>
internal readonly record struct PumpEnds(int Stdin, int Stdout, int Stderr, string? Terminal);

/// <summary>
/// Moves the bytes of one child on one thread, in the order they become readable. Ends when both pipes are at their end, or after
/// the program's end when they are quiet for <see cref="Quiet"/> or <see cref="Drain"/> is over: somebody else then holds them.
/// </summary>
internal sealed unsafe class PipePump
{
    private const int BufferSize = 64 * 1024;
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(2);
    private readonly (int Read, int Write) wake = Native.CreatePipe();
    private readonly ReadOnlyMemory<byte> stdin;
    private readonly IOutputSink sink;
    private readonly TimeProvider clock;
    private readonly int[] fds;
    private readonly Lock wakeLock = new();
    private bool wakeClosed;
    private readonly string? terminal;
    private EndOfInputTyper? typedEnd;
    private volatile bool interrupt;
    private volatile bool programEnded;
    private volatile bool stopped;
    private int written;

    public PipePump(PumpEnds ends, ReadOnlyMemory<byte> stdin, IOutputSink sink, TimeProvider clock)
    {
        fds = [ends.Stdout, ends.Stderr, ends.Stdin];
        terminal = ends.Terminal;
        this.stdin = stdin;
        this.sink = sink;
        this.clock = clock;
        foreach (var fd in fds.Where(fd => fd >= 0))
            Native.SetNonBlocking(fd);
    }

    /// <summary>What the sink threw; a bug.</summary>
    public Exception? SinkError { get; private set; }

    /// <summary>From now on only what is already in the pipes is read.</summary>
    public void MarkProgramEnded()
    {
        programEnded = true;
        WakeLoop();
    }

    /// <summary>Types Ctrl-C on a terminal: who has it in the foreground gets SIGINT, as from the person before it.</summary>
    public void Interrupt()
    {
        if (terminal is null) return;
        interrupt = true;
        WakeLoop();
    }

    /// <summary>Ends the pump at once.</summary>
    public void Stop()
    {
        stopped = true;
        WakeLoop();
    }

    public void Run()
    {
        var buffer = (byte*)NativeMemory.Alloc(BufferSize);
        try
        {
            RunLoop(buffer);
        }
        catch (Exception error)
        {
            SinkError = error;
        }
        finally
        {
            NativeMemory.Free(buffer);
            for (var i = 0; i < fds.Length; i++)
                CloseStream(i);
            lock (wakeLock)
            {
                wakeClosed = true;
                _ = Native.Close(wake.Read);
                _ = Native.Close(wake.Write);
            }
        }
    }

    private void RunLoop(byte* buffer)
    {
        long endedAt = 0;
        var polled = stackalloc Native.PollFd[4];
        while (!stopped && (fds[0] >= 0 || fds[1] >= 0 || (fds[2] >= 0 && !programEnded)))
        {
            if (programEnded && endedAt == 0) endedAt = clock.GetTimestamp();
            for (var i = 0; i < 3; i++)
                polled[i] = new() { Fd = i == 2 && typedEnd is not null ? -1 : fds[i], Events = i == 2 ? Native.PollOut : Native.PollIn };
            polled[3] = new() { Fd = programEnded ? -1 : wake.Read, Events = Native.PollIn };
            var ready = Native.Poll(polled, 4, endedAt != 0 ? (int)Quiet.TotalMilliseconds : typedEnd?.WaitMilliseconds ?? -1);
            if (ready < 0 && Marshal.GetLastPInvokeError() == Native.Eintr) continue;
            if (interrupt && polled[3].Revents != 0) TypeCtrlC();
            if (endedAt != 0 && (ready <= 0 || clock.GetElapsedTime(endedAt) > Drain)) return;
            if (polled[0].Revents != 0) ReadFrom(0, OutputStream.Stdout, buffer);
            if (polled[1].Revents != 0) ReadFrom(1, OutputStream.Stderr, buffer);
            if (polled[2].Revents != 0) WriteInput();
            if (!programEnded) typedEnd?.TypeWhenDue(fds[2]);
        }
    }

    private void ReadFrom(int index, OutputStream stream, byte* buffer)
    {
        var count = Native.Read(fds[index], buffer, BufferSize);
        if (count > 0)
            sink.Write(stream, new ReadOnlySpan<byte>(buffer, (int)count));
        else if (count == 0 || !IsTransient())
            CloseStream(index);
        // Nobody has the terminal open any more, so nobody will read.
        if (terminal is not null && fds[0] < 0) CloseStream(2);
    }

    private void TypeCtrlC()
    {
        byte key;
        interrupt = false;
        _ = Native.Read(wake.Read, &key, 1);
        key = 3;
        if (fds[0] >= 0) _ = Native.Write(fds[0], &key, 1);
    }

    private void WriteInput()
    {
        var rest = stdin.Span[written..];
        nint count = 0;
        if (rest.Length > 0)
        {
            fixed (byte* start = rest)
                count = Native.Write(fds[2], start, rest.Length);
        }
        if (count > 0) written += (int)count;
        // A program that closed its input without reading all of it (EPIPE) has had enough.
        if (count < 0 && !IsTransient())
            CloseStream(2);
        else if (written == stdin.Length && terminal is not null)
            typedEnd = new EndOfInputTyper(terminal, stdin, clock);
        else if (written == stdin.Length)
            CloseStream(2);
    }

    private static bool IsTransient() => Marshal.GetLastPInvokeError() is var error && (error == Native.Eagain || error == Native.Eintr);

    private void CloseStream(int index)
    {
        if (fds[index] < 0) return;
        _ = Native.Close(fds[index]);
        fds[index] = -1;
        if (index == 2) typedEnd = null;
    }

    private void WakeLoop()
    {
        lock (wakeLock)
        {
            byte one = 1;
            if (!wakeClosed) _ = Native.Write(wake.Write, &one, 1);
        }
    }
}
