using System.Net;
using OpenClaw.Gateway.Problems;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Gateway.Security.Enrolment.Programs;

/// <summary>
/// How many programs are given at a time: to strangers, who could have all the line. Of one address so many as PCs of a room join at once.
/// When all places are taken, one that began some time ago makes room for somebody who has fewer: who reads slowly, at however many
/// addresses, keeps nobody out.
/// </summary>
internal sealed class Downloads(TimeProvider clock)
{
    public const int Most = 64;
    public const int MostOfAddress = 16;

    /// <summary>A program takes no longer over a usual line.</summary>
    public static readonly TimeSpan Undisturbed = TimeSpan.FromSeconds(20);

    private readonly Lock gate = new();
    private readonly Dictionary<IPAddress, int> counts = [];
    private readonly List<Download> running = [];

    /// <summary>
    /// Counts one more, until what is returned is disposed of; or says why not now. <paramref name="cut"/> is called, at most once, when it
    /// has to make room.
    /// </summary>
    public (IDisposable? Running, Problem? Refusal) Begin(IPAddress? from, Action cut)
    {
        var address = AddressRange.FromAddress(from ?? IPAddress.None);
        lock (gate)
        {
            var ofAddress = counts.GetValueOrDefault(address);
            if (ofAddress >= MostOfAddress)
                return (null, CreateRefusal(429, ProblemTypes.TooManyRequests, $"{MostOfAddress} go to this address already"));
            if (running.Count >= Most)
            {
                if (FindOverdue(ofAddress) is not { } overdue)
                    return (null, CreateRefusal(503, ProblemTypes.Unavailable, $"{Most} are under way"));
                Remove(overdue);
                // In the lock, where its request waits before it is over: behind it there may be another one on the same connection.
                overdue.Cut();
            }
            counts[address] = ofAddress + 1;
            var begun = new Download(this, address, clock.GetTimestamp(), cut);
            running.Add(begun);
            return (begun, null);
        }
    }

    /// <summary>Of those who have more than the newcomer and are past their time: the oldest of whoever has most.</summary>
    private Download? FindOverdue(int newcomers) => running
        .Where(one => counts[one.Address] > newcomers && clock.GetElapsedTime(one.Since) >= Undisturbed)
        .OrderByDescending(one => counts[one.Address]).ThenBy(one => one.Since).FirstOrDefault();

    private void Remove(Download download)
    {
        if (running.Remove(download) && --counts[download.Address] == 0) counts.Remove(download.Address);
    }

    private static Problem CreateRefusal(int status, string type, string why) =>
        ProblemTable.CreateProblem(status, type, $"The worker's program is not given now: {why}; try again in some seconds.");

    private sealed class Download(Downloads downloads, IPAddress address, long since, Action cut) : IDisposable
    {
        public IPAddress Address => address;
        public long Since => since;

        public void Cut() => cut();

        public void Dispose()
        {
            lock (downloads.gate) downloads.Remove(this);
        }
    }
}
