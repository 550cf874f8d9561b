using System.Globalization;
using OpenClaw.GrainInterfaces.Workers;

namespace OpenClaw.Grains.Workers;

/// <summary>Who may open a session, and which attempts a new session gives up. Pure.</summary>
internal static class SessionRules
{
    /// <summary>A worker unheard of for longer is offline, and its session may be taken.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(45);

    /// <summary>
    /// True while its newest session, or its compatible polls, were heard of within a lease. A sign of life from the future (a clock
    /// that stepped back) counts.
    /// </summary>
    public static bool Online(WorkerRecord worker, DateTimeOffset now) =>
        !worker.Closed && worker.LastSeen is { } seen && now - seen < Silence;

    /// <summary>True when another daemon holds the name: only a take-over, or its silence, gives it away.</summary>
    public static bool Taken(WorkerRecord worker, SessionRequest request, DateTimeOffset now) =>
        !request.TakeOver && worker.Session is not null && Online(worker, now)
        && !string.Equals(worker.Instance, request.Instance, StringComparison.Ordinal);

    /// <summary>
    /// True when a session's text (<c>name.epoch.random</c>) has a later epoch than the record: only such a one may be live without the
    /// record knowing of it, because epochs grow and each has one session.
    /// </summary>
    public static bool MayBeNewer(WorkerRecord worker, string session) =>
        session.Split('.') is [_, var epoch, _]
        && long.TryParse(epoch, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > worker.Epoch;

    /// <summary>Attempts that run on the worker by the table and that its daemon does not hold.</summary>
    public static List<AttemptRef> GivenUp(IReadOnlyList<AttemptRef> running, AttemptRef[] held)
    {
        var known = held.ToHashSet();
        return [.. running.Where(attempt => !known.Contains(attempt))];
    }
}
