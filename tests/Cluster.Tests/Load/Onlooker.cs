namespace OpenClaw.Cluster.Tests.Load;

/// <summary>Somebody who looks at the workers all the time, at every gateway: lists, pages, one of them.</summary>
internal sealed class Onlooker(Gateways gateways, History history, int seed) : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);
    private readonly CancellationTokenSource enough = new();
    private Task looking = Task.CompletedTask;

    public void Start() => looking = Look();

    /// <summary>Returns once the last look is answered.</summary>
    public async Task Stop()
    {
        await enough.CancelAsync();
        await looking;
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        enough.Dispose();
    }

    private async Task Look()
    {
        var random = new Random(seed);
        while (!enough.IsCancellationRequested)
        {
            foreach (var route in new[] { "/workers", "/workers?limit=2", "/workers/daemon-0", "/health" })
            {
                var gateway = gateways.Pick(random);
                await history.Make(gateway, "look", route, TimeSpan.Zero, () => gateway.Client.Get(route, enough.Token), enough.Token);
            }
            await Task.Delay(Pause, TimeProvider.System, enough.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
