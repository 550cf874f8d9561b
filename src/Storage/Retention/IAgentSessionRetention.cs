namespace OpenClaw.Storage.Retention;

/// <summary>Conversations of agents: which there are, and on which PC each one's files are.</summary>
internal interface IAgentSessionRetention
{
    /// <summary>Forgets those without tasks whose last turn is of before a time, the oldest first, up to a number; how many.</summary>
    ValueTask<int> DeleteIdle(DateTimeOffset before, int limit, CancellationToken cancellation);
}
