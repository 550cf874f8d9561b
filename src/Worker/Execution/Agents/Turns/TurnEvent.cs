namespace OpenClaw.Worker.Execution.Agents.Turns;

/// <summary>One thing an agent says while it works on a turn.</summary>
internal abstract record TurnEvent
{
    private TurnEvent()
    {
    }

    /// <summary>The id under which it runs the session itself.</summary>
    internal sealed record Began(string OwnId) : TurnEvent;

    /// <summary>The model answers, or is asked again: it does not hang.</summary>
    internal sealed record Alive : TurnEvent
    {
        public static Alive Instance { get; } = new();
    }

    /// <summary>Words of the model, as they come.</summary>
    internal sealed record Text(string Words) : TurnEvent;

    /// <summary>It uses a tool.</summary>
    internal sealed record Tool(string Name, string Input) : TurnEvent;

    /// <summary>A line of its own: another model, another try.</summary>
    internal sealed record Note(string Line) : TurnEvent;
}

/// <summary>Reads the lines of one turn. Pure but for what it remembers of the lines before.</summary>
internal interface ITurnReader
{
    /// <summary>What a line says; nothing for a line that says nothing of interest or is not the agent's.</summary>
    IEnumerable<TurnEvent> Line(ReadOnlyMemory<byte> line);

    /// <summary>The answer, once everything was read; null when there is none.</summary>
    TurnAnswer? Answer();
}
