using OpenClaw.Cluster.Tests.Scenarios;
using Xunit.Abstractions;

namespace OpenClaw.Cluster.Tests;

/// <summary>
/// A bit of everything that can happen to a cluster, under load, in about two minutes. The long run is by hand: docs/faults.md.
/// </summary>
public sealed class SmokeTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Two_silos_and_two_gateways_lose_nothing_and_start_nothing_twice_whatever_happens_to_them() =>
        Assert.Equal([], await ScenarioRun.Of(Catalogue.Smoke, Environment.TickCount & 0xFFFFFF, output.WriteLine));
}
