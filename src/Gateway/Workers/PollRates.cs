using OpenClaw.Gateway.Security.Access;

namespace OpenClaw.Gateway.Workers;

/// <summary>
/// Holds a session to polls that bring something. Each that brings work or a cancel forgives all before it, so that no number of short
/// tasks is too many: a daemon whose slots are full gives up one poll for each that filled them. What is left is a worker that asks,
/// hears nothing and does not wait.
/// </summary>
internal sealed class PollRates(TimeProvider clock)
{
    /// <summary>A good worker's poll is held until there is something: it has two or three a minute.</summary>
    internal const int EmptyPerMinute = 600;

    private readonly RequestRates rates = new(clock);

    /// <summary>How long a session has to wait before it may poll; counts nothing.</summary>
    public TimeSpan FindWait(string session) => rates.FindWait(session, EmptyPerMinute);

    /// <summary>Counts a poll of a session that is known to be live, until it brings something.</summary>
    public void CountPoll(string session) => rates.CountRequest(session, EmptyPerMinute);

    /// <summary>A poll brought something.</summary>
    public void ForgivePolls(string session) => rates.Forget(session);
}
