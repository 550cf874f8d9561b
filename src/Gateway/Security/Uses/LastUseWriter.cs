using OpenClaw.Gateway.Problems;
using OpenClaw.GrainInterfaces;
using OpenClaw.GrainInterfaces.Security;

namespace OpenClaw.Gateway.Security.Uses;

/// <summary>
/// Tells the cluster which tokens are in use: of each the first use soon, later ones once in an hour, and at the end what is due then.
/// </summary>
internal sealed class LastUseWriter(LastUses uses, IGrainFactory grains, TimeProvider clock, ILogger<LastUseWriter> log)
    : BackgroundService
{
    internal static readonly TimeSpan Every = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(5);

    /// <summary>At the end nobody waits for it longer.</summary>
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(2);

    /// <summary>So that 10,000 tokens which come at once, as after a start, are five minutes' work and no burst of writes.</summary>
    private const int InOneRound = 500;

    private const int AtOnce = 4;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(LongestEnd);
        await WriteDue(end.Token);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await WriteDue(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host goes.
        }
    }

    /// <summary>What can't be told now is due in the next round.</summary>
    private async Task WriteDue(CancellationToken cancellation)
    {
        try
        {
            var round = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation };
            await Parallel.ForEachAsync(uses.GetDue().Take(InOneRound), round, async (due, token) => await WriteUse(due, token));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // So it is not known to the hour when they were used.
        }
        catch (Exception error) when (ProblemMiddleware.IsInfrastructureError(error))
        {
            log.LastUsesNotStored(error);
        }
    }

    private async ValueTask WriteUse((string TokenId, DateTimeOffset At) due, CancellationToken cancellation)
    {
        var stored = await grains.GetGrain<ITokenGrain>(GrainKeys.ForToken(due.TokenId)).NoteUse(due.At)
            .WaitAsync(LongestCall, clock, cancellation);
        uses.NoteStored(due.TokenId, due.At, stored);
    }
}
