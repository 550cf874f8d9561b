using System.Diagnostics;
using OpenClaw.TestKit.Processes;
using Xunit.Abstractions;

namespace OpenClaw.Silo.Tests.Cluster;

/// <summary>What only the death or the freezing of a whole process shows.</summary>
public sealed class ProcessTests(ITestOutputHelper output)
{
    [Fact]
    public async Task After_all_silos_were_killed_a_new_one_on_other_ports_serves_soon()
    {
        var connection = await PreparedDatabase.Create();
        using var members = await Members.Of(connection);
        await using (var first = await SiloProcess.Start(connection))
        await using (var second = await SiloProcess.Start(connection))
        {
            await first.Process.Kill();
            await second.Process.Kill();
        }
        Assert.Equal(2, await members.Count(SiloStatus.Active));

        var watch = Stopwatch.StartNew();
        await using var next = await SiloProcess.Start(connection);

        output.WriteLine($"Ready after {watch.Elapsed.TotalSeconds:0.0} s");
        await Eventually.Is(async () => await members.Count(SiloStatus.Dead) == 2, "the killed ones are declared dead");
    }

    /// <summary>With two others the one that misses answers asks the second whether it gets any, before both give the silo up.</summary>
    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(1, true)]
    public async Task A_silo_that_was_frozen_until_the_others_gave_it_up_ends_at_once_when_it_goes_on(
        int others, bool isFirstOfItsContainer)
    {
        var connection = await PreparedDatabase.Create();
        using var members = await Members.Of(connection);
        await using var frozen = isFirstOfItsContainer ? await SiloProcess.StartFirst(connection) : await SiloProcess.Start(connection);
        await using var other = await SiloProcess.Start(connection);
        await using var third = others > 1 ? await SiloProcess.Start(connection) : null;
        await frozen.Process.Send("STOP");
        var watch = Stopwatch.StartNew();
        await Eventually.Is(async () => await members.Count(SiloStatus.Dead) == 1, "the frozen silo is declared dead");
        output.WriteLine($"Declared dead after {watch.Elapsed.TotalSeconds:0.0} s");

        var (exitCode, took) = await frozen.Process.Signal("CONT");

        output.WriteLine($"Ended with {exitCode} {took.TotalSeconds:0.0} s after it went on");
        Assert.NotEqual(0, exitCode);
        Assert.Contains("This silo can't go on", frozen.Process.Errors, StringComparison.Ordinal);
        Assert.Equal(others, await members.Count(SiloStatus.Active));
        Assert.False(other.Process.HasExited);
    }

    [Fact]
    public async Task A_silo_alone_that_was_frozen_goes_on()
    {
        var connection = await PreparedDatabase.Create();
        using var members = await Members.Of(connection);
        await using var silo = await SiloProcess.Start(connection);
        using var http = new HttpClient { BaseAddress = silo.Url };
        await silo.Process.Send("STOP");
        await Task.Delay(TimeSpan.FromSeconds(8), TimeProvider.System);
        await silo.Process.Send("CONT");

        await Eventually.Is(async () => (await http.GetAsync("/readyz")).IsSuccessStatusCode, "ready again");

        Assert.Equal(1, await members.Count(SiloStatus.Active));
    }
}
