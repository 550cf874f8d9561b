using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Security.Access;

namespace OpenClaw.Gateway.Compat;

/// <summary>
/// Holds workers of the compatible protocol to polls that wait: each that does not is a question to the queue. They have no sessions, so
/// it is counted by token, name and address; a good many workers behind one address may share all three. As of sessions, a poll that
/// brings work forgives all before it.
/// </summary>
internal sealed class CompatiblePollRates(TimeProvider clock)
{
    /// <summary>Of polls that wait less, and bring nothing. The original's worker polls every 2 s: a hundred of them.</summary>
    internal const int EmptyPerMinute = 3_000;

    /// <summary>What waits so long is held back by its own connections.</summary>
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(1);

    private readonly RequestRates rates = new(clock);

    /// <summary>Whom a poll is counted for; null: it is not.</summary>
    public static string? FindSender(Caller caller, string name, TimeSpan wait) =>
        wait >= LongEnough ? null : $"{caller.TokenId} {name} {caller.Address}";

    /// <summary>Counts a poll until it brings something; how long it has to wait when it comes too early, else zero.</summary>
    public TimeSpan CountPoll(string? sender) => sender is null ? TimeSpan.Zero : rates.CountRequest(sender, EmptyPerMinute);

    /// <summary>A poll brought work.</summary>
    public void ForgivePolls(string? sender)
    {
        if (sender is not null) rates.Forget(sender);
    }
}
