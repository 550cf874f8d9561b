using System.Text.Json;
using OpenClaw.TestKit.FakeGateway;

namespace OpenClaw.Worker.Tests.Attempts;

/// <summary>Payloads that are fetched when their turn comes.</summary>
public sealed class LargePayloadTests
{
    private static readonly string Content = new('x', 3_000_000);

    [Fact]
    public async Task Writes_that_wait_are_fetched_one_after_the_other_and_all_done()
    {
        await using var worker = await WorkerHarness.Prepare();
        string[] writes = [.. Enumerable.Range(0, 4).Select(number => Write(worker, $"file-{number}"))];
        worker.Go();
        foreach (var write in writes) Assert.Equal("succeeded", Assert.Single((await worker.Gateway.Ended(write)).Results).Outcome);
        for (var number = 0; number < 4; number++) Assert.Equal(Content, await File.ReadAllTextAsync(worker.PathOf($"file-{number}")));
        Assert.Equal(4, worker.Gateway.Count("payload"));
    }

    [Fact]
    public async Task While_a_line_brings_nothing_a_worker_with_one_slot_runs_what_is_small()
    {
        await using var worker = await WorkerHarness.Prepare(gateway =>
            gateway.Fault = call => call.Name == "payload" ? CallFault.Hang : CallFault.None);
        worker.Options = worker.Options with { MaxConcurrent = 1 };
        var writes = new[] { Write(worker, "first"), Write(worker, "second") };
        worker.Go();
        await worker.Gateway.Until(g => g.Count("payload") == 1, "the payload is asked for");
        var echo = worker.Gateway.Command("echo hi");
        Assert.Equal("hi\n", (await worker.Gateway.Ended(echo)).Text);
        Assert.Equal(1, worker.Gateway.Count("payload"));
        worker.Gateway.Release();
        foreach (var write in writes) Assert.Equal("succeeded", Assert.Single((await worker.Gateway.Ended(write)).Results).Outcome);
    }

    [Fact]
    public async Task One_that_breaks_off_is_fetched_again()
    {
        await using var worker = await WorkerHarness.Prepare(gateway => gateway.Fault = call => (call.Name, call.Number) switch
        {
            ("payload", 1) => CallFault.LoseAnswer,
            ("payload", 2) => CallFault.Garbage,
            ("payload", 3) => CallFault.Unavailable,
            _ => CallFault.None,
        });
        var write = Write(worker, "file");
        worker.Go();
        Assert.Equal("succeeded", Assert.Single((await worker.Gateway.Ended(write)).Results).Outcome);
        Assert.Equal(4, worker.Gateway.Count("payload"));
    }

    private static string Write(WorkerHarness worker, string name)
    {
        var id = worker.Gateway.Submit("file-write", JsonSerializer.Serialize(
            new Dictionary<string, string> { ["path"] = worker.PathOf(name), ["content"] = Content }));
        worker.Gateway.Attempt(id).IsLarge = true;
        return id;
    }
}
