using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using OpenClaw.TestKit.Processes;
using OpenClaw.Worker.Processes.Supervision;
using OpenClaw.Worker.Processes.Supervision.Channels;
using OpenClaw.Worker.Processes.Tests.Harness;
using OpenClaw.Worker.Processes.Unix;

namespace OpenClaw.Worker.Processes.Tests.Supervision;

/// <summary>Real supervisors that die or are stopped while they rest or begin.</summary>
public sealed class SupervisorsTests : IDisposable
{
    private const int SigStop = 19;
    private readonly TemporaryFolder folder = new();
    private readonly MemoryJournal journal = new();
    /// <summary>It stands still: who rests, rests until it is needed.</summary>
    private readonly FakeTimeProvider clock = new();
    private Supervisors supervisors;

    public SupervisorsTests()
    {
        ChildReaper.BecomeSubreaper();
        supervisors = With(Repository.Program("Worker", "openclaw-worker"));
    }

    public void Dispose()
    {
        supervisors.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task One_serves_one_task_after_another_and_each_has_its_own_end()
    {
        var first = await Rests();
        Assert.Equal(first, await Rests());
        var (held, sink) = (Begin(), new RecordingSink());
        var run = Run(held, sink, "echo $PPID; exec sleep 600");
        await Until.True(() => sink.Text.EndsWith('\n'), "it runs");
        held.Stop.Request(StopReason.Cancel);
        var end = await run;
        Assert.Equal((first, "SIGTERM", 1), (Number(sink), end.Signal, end.Tree!.Value.Killed));
        journal.RecordEnd(held.Offer.AttemptId);
        await Until.True(() => supervisors.IdleCount == 1, "it rests");
        Assert.Equal(first, await Runs());
    }

    [Fact]
    public async Task One_that_was_killed_while_it_rests_is_missed_by_nobody()
    {
        var resting = await Rests();
        Native.Kill(resting, Native.SigKill);
        Assert.NotEqual(resting, await Runs());
    }

    [Fact]
    public async Task One_that_was_stopped_while_it_rests_is_continued_and_takes_the_order()
    {
        var resting = await Rests();
        Native.Kill(resting, SigStop);
        Assert.Equal(resting, await Runs());
    }

    [Fact]
    public async Task One_that_dies_with_an_order_it_has_not_begun_is_missed_by_nobody()
    {
        // The first reads from its order and dies, the next is as it should be.
        var script = folder.File("supervisor");
        await File.WriteAllTextAsync(script, $"""
            #!/bin/sh
            if [ ! -e {folder.File("died")} ]; then head -c 1 > {folder.File("died")}; exit 1; fi
            exec {Repository.Program("Worker", "openclaw-worker")} "$@"
            """);
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        supervisors.Dispose();
        supervisors = With(script);
        await Runs();
        Assert.Equal(1, new FileInfo(folder.File("died")).Length);
    }

    [Fact]
    public void What_is_said_to_a_supervisor_that_was_stopped_holds_nobody_up()
    {
        var (ours, theirs) = Sockets.CreatePair();
        using var channel = new Channel(ours);
        var count = 0;
        while (channel.WriteMessage(Message.FromNumber(MessageType.LeaseRenewed, count)))
            count++;
        Assert.InRange(count, 10, 1_000_000);
        _ = Native.Close(theirs);
    }

    private Supervisors With(string program) => new(
        new SupervisionOptions([program], folder.File("attempts"), folder.File("door"), 100_000), journal, clock, new SilentLog());

    /// <summary>The id of a supervisor that has served and now rests.</summary>
    private async Task<int> Rests()
    {
        var pid = await Runs();
        await Until.True(() => supervisors.IdleCount == 1, "it rests");
        return pid;
    }

    /// <summary>Runs a program under a supervisor, whose id it is told.</summary>
    private async Task<int> Runs()
    {
        var (held, sink) = (Begin(), new RecordingSink());
        var end = await Run(held, sink, "echo $PPID");
        Assert.Equal((0, null), (end.ExitCode, end.StartError));
        journal.RecordEnd(held.Offer.AttemptId);
        return Number(sink);
    }

    private OfferedAttempt Begin()
    {
        var held = new OfferedAttempt($"{Guid.NewGuid()}");
        supervisors.Folders.WriteOffer(held.Offer);
        journal.RecordOffer(held.Offer);
        return held;
    }

    private Task<ProcessEnd> Run(OfferedAttempt held, RecordingSink sink, string text)
    {
        var spec = new ProcessSpec
        {
            Argv = ["/bin/sh", "-c", text],
            Environment = new Dictionary<string, string>
            {
                ["PATH"] = "/usr/bin:/bin", [ProcessMarker.TaskVariable] = held.Offer.TaskId, [ProcessMarker.AttemptVariable] = "1",
            },
            WorkingDirectory = "/",
        };
        return supervisors.SuperviseAttempt(held, () => TimeSpan.FromMinutes(1))
            .RunProgram(spec, sink, held.Stop, TimeSpan.FromSeconds(30));
    }

    private static int Number(RecordingSink sink) => int.Parse(sink.Text, CultureInfo.InvariantCulture);
}
