namespace OpenClaw.Cluster.Tests.Load;

/// <summary>Somebody who looks at the workers all the time, at every gateway: lists, pages, one of them.</summary>
internal sealed class Onlooker(Gateways gateways, History history, int seed) : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);
    private readonly CancellationTokenSource _enough = new();
    private Task _looking = Task.CompletedTask;

    public void Start() => _looking = Look();

    /// <summary>Returns once the last look is answered.</summary>
    public async Task Stop()
    {
        await _enough.CancelAsync();
        await _looking;
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        _enough.Dispose();
    }

    private async Task Look()
    {
        var random = new Random(seed);
        while (!_enough.IsCancellationRequested)
        {
            foreach (var route in new[] { "/workers", "/workers?limit=2", "/workers/daemon-0", "/health" })
            {
                var gateway = gateways.Pick(random);
                await history.Make(gateway, "look", route, TimeSpan.Zero, () => gateway.Client.Get(route, _enough.Token), _enough.Token);
            }
            await Task.Delay(Pause, TimeProvider.System, _enough.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
