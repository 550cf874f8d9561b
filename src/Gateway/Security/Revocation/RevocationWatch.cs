using OpenClaw.Gateway.Problems;

namespace OpenClaw.Gateway.Security.Revocation;

/// <summary>
/// Looks the tokens of long requests up again, and cuts what goes on with one that is revoked, gone or has run out. Without this it would
/// get what it was held for, and a stream would go on for as long as its task.
/// </summary>
internal sealed class RevocationWatch(LongRequests requests, TokenCheck tokens, TimeProvider clock, ILogger<RevocationWatch> log)
    : BackgroundService
{
    /// <summary>With the check itself, and with what the cache remembers, this is less than the 5 s that are promised.</summary>
    internal static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(2);

    /// <summary>So that thousands of tokens are a longer round and no burst of questions to the store.</summary>
    private const int AtOnce = 4;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var looks = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stoppingToken };
        using var timer = new PeriodicTimer(Every, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                if (requests.Tokens is { Count: > 0 } inUse) await Parallel.ForEachAsync(inUse, looks, CheckToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host goes, and what is held with it.
        }
    }

    private async ValueTask CheckToken(TokenInUse token, CancellationToken cancellation)
    {
        try
        {
            if (await tokens.IsStillValid(token.Caller).WaitAsync(LongestLook, clock, cancellation)) return;
            var cut = requests.CutRequests(token);
            log.TokenEnded(token.Caller.TokenId, cut);
        }
        catch (Exception error) when (ProblemMiddleware.IsInfrastructureError(error))
        {
            // A store that does not answer has revoked nothing. The next check does.
        }
    }
}
