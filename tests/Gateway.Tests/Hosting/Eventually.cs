namespace OpenClaw.Gateway.Tests.Hosting;

/// <summary>Waits for what happens in another thread or machine, with a bound.</summary>
internal static class Eventually
{
    public static async Task Holds(Func<Task<bool>> condition)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await condition())
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, bound.Token);
    }
}
