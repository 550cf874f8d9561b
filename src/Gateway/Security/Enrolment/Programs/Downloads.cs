using System.Net;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.Gateway.Problems;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Gateway.Security.Enrolment.Programs;

/// <summary>
/// How many programs are given at a time: to strangers, who could have all the line. Of one address so many as PCs of a room join at once.
/// </summary>
internal sealed class Downloads
{
    public const int Most = 64;
    public const int MostOfAddress = 16;

    private readonly Lock gate = new();
    private readonly Dictionary<IPAddress, int> running = [];
    private int all;

    /// <summary>Counts one more, until what is returned is disposed of; or says why not now.</summary>
    public (IDisposable? Running, Problem? Refusal) Begin(IPAddress? from)
    {
        var address = AddressRange.FromAddress(from ?? IPAddress.None);
        lock (gate)
        {
            var ofAddress = running.GetValueOrDefault(address);
            if (ofAddress >= MostOfAddress)
                return (null, CreateRefusal(429, ProblemTypes.TooManyRequests, $"{MostOfAddress} go to this address already"));
            if (all >= Most) return (null, CreateRefusal(503, ProblemTypes.Unavailable, $"{Most} are under way"));
            (running[address], all) = (ofAddress + 1, all + 1);
            return (new Download(this, address), null);
        }
    }

    private void End(IPAddress address)
    {
        lock (gate)
        {
            all--;
            if (--running[address] == 0) running.Remove(address);
        }
    }

    private static Problem CreateRefusal(int status, string type, string why) =>
        ProblemTable.CreateProblem(status, type, $"The worker's program is not given now: {why}; try again in some seconds.");

    private sealed class Download(Downloads downloads, IPAddress address) : IDisposable
    {
        private int ended;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref ended, 1) == 0) downloads.End(address);
        }
    }
}
