namespace OpenClaw.Hosting.Health;

/// <summary>Whether this process can serve now.</summary>
internal sealed class ReadinessState(
    IEnumerable<IReadinessCheck> checks, IHostApplicationLifetime lifetime, TimeProvider clock, StopSignals? signals = null)
{
    /// <summary>Orchestrators give up on a probe soon, so a check gets no longer than this.</summary>
    private static readonly TimeSpan CheckTimeout = TimeSpan.FromSeconds(2);
    private readonly IReadinessCheck[] checks = [.. checks];

    public bool Stopping =>
        lifetime.ApplicationStopping.IsCancellationRequested || signals?.Stopping.IsCancellationRequested == true;

    /// <summary>What is missing, a sentence each; empty when it serves.</summary>
    public async Task<string[]> FindErrors()
    {
        if (Stopping) return ["The process is stopping."];
        var errors = await Task.WhenAll(this.checks.Select(RunCheck));
        return [.. errors.OfType<string>()];
    }

    private async Task<string?> RunCheck(IReadinessCheck check)
    {
        using var timeout = new CancellationTokenSource(CheckTimeout, clock);
        try
        {
            return await check.FindError(timeout.Token).AsTask().WaitAsync(timeout.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            return $"No answer within {CheckTimeout.TotalSeconds:0} s from what {check.GetType().Name} asks.";
        }
    }
}
