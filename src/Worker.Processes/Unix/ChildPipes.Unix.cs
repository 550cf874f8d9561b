using OpenClaw.Worker.Processes.Arguments;
using OpenClaw.Worker.Processes.Output;
using OpenClaw.Worker.Processes.Unix.Cgroups;
using OpenClaw.Worker.Processes.Unix.Terminals;

namespace OpenClaw.Worker.Processes.Unix;

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
