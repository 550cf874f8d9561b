namespace OpenClaw.Hosting.Health;

/// <summary>Whether this process can serve now.</summary>
internal sealed class ReadinessState(
    IEnumerable<IReadinessCheck> checks, IHostApplicationLifetime lifetime, TimeProvider clock, StopSignals? signals = null)
{
    /// <summary>Orchestrators give up on a probe soon, so a check gets no longer than this.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private readonly IReadinessCheck[] _checks = [.. checks];

    public bool Stopping =>
        lifetime.ApplicationStopping.IsCancellationRequested || signals?.Stopping.IsCancellationRequested == true;

    /// <summary>What is missing, a sentence each; empty when it serves.</summary>
    public async Task<string[]> Faults()
    {
        if (Stopping) return ["The process is stopping."];
        var faults = await Task.WhenAll(_checks.Select(Look));
        return [.. faults.OfType<string>()];
    }

    private async Task<string?> Look(IReadinessCheck check)
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        try
        {
            return await check.Fault(patience.Token).AsTask().WaitAsync(patience.Token);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            return $"No answer within {Patience.TotalSeconds:0} s from what {check.GetType().Name} asks.";
        }
    }
}
