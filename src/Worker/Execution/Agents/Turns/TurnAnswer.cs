using System.Text.Json.Nodes;

namespace OpenClaw.Worker.Execution.Agents.Turns;

/// <summary>A turn as the agent reported it: whole, or as far as it came.</summary>
internal sealed record TurnAnswer
{
    /// <summary>What the model answered; never an error's sentence, never words from before its last tool. Empty: nothing.</summary>
    public required string Text { get; init; }

    /// <summary>The agent reported the end of the turn, and has begun nothing since.</summary>
    public bool Ended { get; init; }

    /// <summary>The agent's sentence, when it reported an error.</summary>
    public string? Error { get; init; }

    /// <summary>The reason code of that error, where the agent reports one.</summary>
    public string? Reason { get; init; }

    /// <summary>Session, cost, time, turns, tokens, model.</summary>
    public required JsonObject Facts { get; init; }

    /// <summary>A line for each tool use that was denied.</summary>
    public IReadOnlyList<string> Denied { get; init; } = [];

    /// <summary>What it left running in the background, in its own words.</summary>
    public IReadOnlyList<string> Background { get; init; } = [];
}
