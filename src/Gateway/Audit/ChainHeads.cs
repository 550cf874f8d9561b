using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.Protocol.Audit;

namespace OpenClaw.Gateway.Audit;

/// <summary>
/// Where the audit's chains end, for workers to keep. Read at most four times a minute by a gateway, however many workers ask, and what
/// hangs holds up no heartbeat.
/// </summary>
internal sealed class ChainHeads(IAuditChains chains, TimeProvider clock, ILogger<ChainHeads> log)
{
    /// <summary>Those that were written to last; what is silent was told of before.</summary>
    public const int MostHeads = 32;

    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);
    private readonly Lock gate = new();
    private Task<AuditChainHead[]?>? reading;
    private long readAt;

    /// <summary>The newest first; null: they can't be read now.</summary>
    public async ValueTask<AuditChainHead[]?> ReadHeads()
    {
        Task<AuditChainHead[]?> current;
        lock (gate)
        {
            if (reading is null || (reading.IsCompleted && clock.GetElapsedTime(readAt) >= FreshFor))
                (reading, readAt) = (Task.Run(ReadFromStore), clock.GetTimestamp());
            current = reading;
        }
        try
        {
            return await current.WaitAsync(LongestWait, clock);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    private async Task<AuditChainHead[]?> ReadFromStore()
    {
        try
        {
            var all = await chains.ReadChains(CancellationToken.None);
            return
            [
                .. all.Where(chain => chain.View.Link > 0).OrderByDescending(chain => chain.At).Take(MostHeads)
                    .Select(chain => new AuditChainHead(chain.View.Chain, chain.View.Link, chain.View.Hash)),
            ];
        }
        catch (Exception error)
        {
            log.AuditHeadsUnread(error);
            return null;
        }
    }
}
