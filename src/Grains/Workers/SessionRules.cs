using System.Globalization;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Protocol.Attempts;

namespace OpenClaw.Grains.Workers;

/// <summary>What becomes of a request for a session.</summary>
internal enum SessionVerdict
{
    Open = 0,
    /// <summary>Another daemon has the name and lives.</summary>
    Taken = 1,
    /// <summary>
    /// Another process of the same home has the session. Whether it still lives is found out: the request comes again, and is taken when
    /// nothing was heard of that process meanwhile.
    /// </summary>
    FindOut = 2,
}

/// <summary>
/// A process that asked for the session of another one of the same home, and since when it waits to see whether that lives.
/// </summary>
internal readonly record struct Contender(string Run, DateTimeOffset Since);

/// <summary>Who may open a session, and which attempts a new session gives up. Pure.</summary>
internal static class SessionRules
{
    /// <summary>A worker unheard of for longer is offline, and its session may be taken.</summary>
    public static readonly TimeSpan Silence = AttemptTiming.Lease;

    /// <summary>
    /// True while its newest session, or its compatible polls, were heard of within a lease. A sign of life from the future (a clock
    /// that stepped back) counts.
    /// </summary>
    public static bool IsOnline(WorkerRecord worker, DateTimeOffset now) =>
        !worker.Closed && worker.LastSeen is { } seen && now - seen < Silence;

    /// <summary>A live daemon that is told of a cancel sends a heartbeat at once: in this time it is heard of.</summary>
    public static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Whether a session is opened. Nobody takes a live one: another instance waits for its silence. The same instance is a daemon that
    /// was started again, or a copy of its home on another machine; so long as the process that has the session lives it is the latter, and
    /// what that one runs would be given up. A process that knows its predecessor to be dead names it and is let in at once.
    /// </summary>
    public static SessionVerdict JudgeRequest(WorkerRecord worker, SessionRequest request, Contender? contender, DateTimeOffset now)
    {
        if (worker.Session is null || !IsOnline(worker, now)) return SessionVerdict.Open;
        if (!string.Equals(worker.Instance, request.Instance, StringComparison.Ordinal)) return SessionVerdict.Taken;
        // Daemons from before there were process ids are told apart by nothing.
        if (worker.Run is null || request.Run is null || worker.Run == request.Run || request.Replaces.Contains(worker.Run))
            return SessionVerdict.Open;
        if (contender is not { } waiting || waiting.Run != request.Run || worker.LastSeen > waiting.Since || waiting.Since > now)
            return SessionVerdict.FindOut;
        return now - waiting.Since >= AnswerTime ? SessionVerdict.Open : SessionVerdict.Taken;
    }

    /// <summary>
    /// True when a session's text (<c>name.epoch.random</c>) has a later epoch than the record: only such a one may be live without the
    /// record knowing of it, because epochs grow and each has one session.
    /// </summary>
    public static bool CanBeNewer(WorkerRecord worker, string session) =>
        session.Split('.') is [_, var epoch, _]
        && long.TryParse(epoch, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > worker.Epoch;

    /// <summary>Attempts that run on the worker by the table and that its daemon does not hold.</summary>
    public static List<AttemptRef> FindGivenUp(IReadOnlyList<AttemptRef> running, AttemptRef[] held)
    {
        var known = held.ToHashSet();
        return [.. running.Where(attempt => !known.Contains(attempt))];
    }
}
