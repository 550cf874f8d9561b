
namespace OpenClaw.Worker.Processes.Unix.Terminals;

/// <summary>
/// The end of what is typed on a terminal, from the moment all text is on its way until the program ends. Looks at the terminal at growing
/// intervals, since nothing tells that somebody begins to read. For the thread of the pump alone.
/// </summary>
/// <param name="terminal">The child's name for it.</param>
/// <param name="typed">The text.</param>
/// <param name="clock">The clock.</param>
internal sealed unsafe class EndOfInputTyper(string terminal, ReadOnlyMemory<byte> typed, TimeProvider clock)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);
    private bool lineIsOpen = !typed.IsEmpty && typed.Span[^1] is not ((byte)'\n' or (byte)'\r');
    private TimeSpan pause;
    private long lookedAt = clock.GetTimestamp();

    /// <summary>Until the next look, rounded up to ms.</summary>
    public int WaitMilliseconds => (int)Math.Ceiling(Math.Max(0, (pause - clock.GetElapsedTime(lookedAt)).TotalMilliseconds));

    /// <summary>Strikes the key that is needed, when it is time to look.</summary>
    public void TypeWhenDue(int master)
    {
        if (WaitMilliseconds > 0) return;
        // A terminal that can't be looked at now (its program has it for itself) is looked at again.
        if (PseudoTerminal.ReadState(terminal, master) is { } state && EndOfInputKey.Choose(state, lineIsOpen) is { } key
            && Native.Write(master, &key, 1) == 1 && key == EndOfInputKey.Enter)
        {
            lineIsOpen = false;
        }
        lookedAt = clock.GetTimestamp();
        pause = pause == default ? FirstPause : pause * 2 < LongestPause ? pause * 2 : LongestPause;
    }
}
