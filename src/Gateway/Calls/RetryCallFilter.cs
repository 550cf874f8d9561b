using OpenClaw.Gateway.Telemetry;

namespace OpenClaw.Gateway.Calls;

/// <summary>
/// Makes calls into the cluster again when a silo or the store failed: a silo's death is a delay and no failure. Ends when the
/// request's client has gone. Calls that are held (polls, waits) are repeated by their callers, who know the time left.
/// </summary>
internal sealed class RetryCallFilter(
    IHttpContextAccessor requests, TimeProvider clock, ILogger<RetryCallFilter> log) : IOutgoingGrainCallFilter
{
    /// <summary>Set when the client that is worked for has gone.</summary>
    private CancellationToken Aborted => requests.HttpContext?.RequestAborted ?? CancellationToken.None;

    public Task Invoke(IOutgoingGrainCallContext context) => context.Request.IsCancellable ? context.Invoke() : InvokeWithRetry(context);

    private async Task InvokeWithRetry(IOutgoingGrainCallContext context)
    {
        var budget = new RetryBudget(clock);
        while (true)
        {
            TimeSpan pause;
            try
            {
                await context.Invoke();
                return;
            }
            catch (Exception error) when (TransientErrors.IsTransient(error) && budget.TryGetPause(out pause))
            {
                log.CallRepeated(context.InterfaceName, context.MethodName, budget.Failures, error.GetType().Name);
            }
            await Task.Delay(pause, clock, Aborted);
            RetryMeter.RecordRetry();
            GatewayMetrics.CountRetry(context.MethodName);
        }
    }
}
