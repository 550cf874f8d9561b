using OpenClaw.Gateway.Problems;
using OpenClaw.GrainInterfaces.Output;

namespace OpenClaw.Gateway.Output;

/// <summary>
/// Finds the output that came in through other gateways: one question to the store for all followed tasks, a few times a second while
/// anybody follows. What is new is read once and handed to every reader of this process.
/// </summary>
internal sealed class OutputPoller(LiveOutput live, IOutputLog log, TimeProvider clock, ILogger<OutputPoller> logger) : BackgroundService
{
    internal static readonly TimeSpan QuietPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan BusyPause = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan ErrorPause = TimeSpan.FromSeconds(2);
    private const int MostTasks = 1000;
    private const int Batch = 1 << 20;
    /// <summary>Rounds after which a feed that brought nothing forgets what it holds.</summary>
    private const int IdleRounds = 8;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var round = 1; !stoppingToken.IsCancellationRequested; round++)
        {
            await live.WaitForFollower(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var pause = await PollStore(stoppingToken);
            if (round % IdleRounds == 0)
                foreach (var feed in live.Feeds) feed.DropIfIdle();
            await Task.Delay(pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<TimeSpan> PollStore(CancellationToken cancellation)
    {
        try
        {
            var news = false;
            foreach (var feeds in live.Feeds.Chunk(MostTasks))
            {
                var known = feeds.ToDictionary(feed => feed.Task);
                foreach (var end in await log.ReadLatestEnds(known.Keys, cancellation))
                    news |= await CatchUpFeed(known[end.Task], end, cancellation);
            }
            return news ? BusyPause : QuietPause;
        }
        catch (Exception error) when (cancellation.IsCancellationRequested || ProblemMiddleware.IsInfrastructureError(error))
        {
            if (!cancellation.IsCancellationRequested) logger.OutputNotPolled(error);
            return ErrorPause;
        }
    }

    /// <summary>Brings a feed up to where the store is; true when that was news.</summary>
    private async ValueTask<bool> CatchUpFeed(OutputFeed feed, OutputEnd end, CancellationToken cancellation)
    {
        var (attempt, next) = feed.KnownEnd;
        if (end.Attempt < attempt || (end.Attempt == attempt && end.NextSequence <= next)) return false;
        // Readers of the store itself: they are behind, or have not seen this attempt begin.
        if (end.Attempt > attempt || next == OutputFeed.Unknown)
        {
            feed.WakeReaders();
            return false;
        }
        feed.PublishChunks(await log.ReadChunks(feed.Task, attempt, null, next, Batch, cancellation));
        return true;
    }
}
