namespace OpenClaw.Worker.Execution.Agents.Turns;

/// <summary>One thing an agent says while it works on a turn.</summary>
internal abstract record TurnEvent
{
    private TurnEvent()
    {
    }

    /// <summary>The id under which it runs the session itself.</summary>
    internal sealed record SessionBegan(string OwnId) : TurnEvent;

    internal sealed record ModelAlive : TurnEvent
    {
        public static ModelAlive Instance { get; } = new();
    }

    /// <summary>Words of the model, as they come.</summary>
    internal sealed record Text(string Words) : TurnEvent;

    internal sealed record Tool(string Name, string Input) : TurnEvent;

    /// <summary>A line of the program's own, such as another model. No sign of the model.</summary>
    internal sealed record Notice(string Line) : TurnEvent;

    /// <summary>The API gave no answer. <paramref name="Line"/> is for people; null: it is shown in another way.</summary>
    internal sealed record ApiError(ModelApiError Error, string? Line) : TurnEvent;

    /// <summary>The turn is over, well or not. More may follow: what runs in the background wakes some agents again.</summary>
    internal sealed record Ended : TurnEvent
    {
        public static Ended Instance { get; } = new();
    }
}

/// <summary>Reads the lines of one turn. Pure but for what it remembers of the lines before.</summary>
internal interface ITurnReader
{
    /// <summary>What a line of its standard output says; nothing for one that says nothing of interest or is not the agent's.</summary>
    IEnumerable<TurnEvent> ReadLine(ReadOnlyMemory<byte> line);

    /// <summary>What a line of its standard error says.</summary>
    IEnumerable<TurnEvent> ReadErrorLine(string line) => [];

    /// <summary>A line of its standard output was too long to be read; <paramref name="start"/> is how it begins.</summary>
    void SkipLine(ReadOnlySpan<byte> start)
    {
    }

    /// <summary>The turn as far as it was read.</summary>
    TurnAnswer GetAnswer();
}
