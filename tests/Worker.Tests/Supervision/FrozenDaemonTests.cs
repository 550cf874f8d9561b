using OpenClaw.TestKit.Processes;
using OpenClaw.Worker.Processes.Tests.Harness;

namespace OpenClaw.Worker.Tests.Supervision;

/// <summary>A daemon that is frozen between the server's yes and the start of the program.</summary>
public sealed class FrozenDaemonTests
{
    [Fact]
    public async Task It_asks_for_the_yes_again_when_it_goes_on_and_the_task_runs()
    {
        var clock = new FrozenClock();
        await using var worker = await WorkerHarness.Prepare();
        worker.Clock = clock;
        worker.Options = worker.Options with { Supervisor = [SlowSupervisor(worker)] };
        worker.Go();
        var id = worker.Gateway.Command("echo ran", timeout: 20_000);
        await Until.True(() => File.Exists(worker.PathOf("asked")), "its supervisor is being started");
        clock.Freeze(TimeSpan.FromMinutes(10));
        foreach (var _ in Enumerable.Range(1, 5))
            clock.Advance(TimeSpan.FromSeconds(1));
        await File.WriteAllTextAsync(worker.PathOf("go"), "");
        await Until.True(
            () =>
            {
                clock.Advance(TimeSpan.FromMilliseconds(10));
                return worker.Gateway.Attempt(id).Results.Count > 0;
            },
            "it is reported");
        Assert.Equal("succeeded", worker.Gateway.Attempt(id).Results[0].Outcome);
        Assert.Equal(2, worker.Gateway.Count("start"));
    }

    private static string SlowSupervisor(WorkerHarness worker)
    {
        var path = worker.PathOf("supervisor");
        File.WriteAllText(path, $"""
            #!/bin/sh
            touch {worker.PathOf("asked")}
            while [ ! -e {worker.PathOf("go")} ]; do sleep 0.05; done
            exec {Repository.Program("Worker", "openclaw-worker")} "$@"

            """);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }
}
