using System.Text.Json;
using OpenClaw.Protocol;
using OpenClaw.TestKit.FakeGateway;
using OpenClaw.Worker.Approvals;
using OpenClaw.Worker.Attempts;
using OpenClaw.Worker.Processes.Tests.Harness;

namespace OpenClaw.Worker.Tests.Approvals;

/// <summary>More than anybody will ever say yes to.</summary>
public sealed class ManyWaitingTests
{
    private const string Policy = """{"approval":[{"name":"asked","glob":"*ran*"}]}""";

    [Fact]
    public async Task A_thousand_that_need_a_yes_leave_the_server_and_the_tasks_behind_them_alone()
    {
        await using var worker = await WorkerHarness.Prepare();
        Directory.CreateDirectory(worker.Home);
        await File.WriteAllTextAsync(Path.Combine(worker.Home, "policy.json"), Policy);
        for (var i = 0; i <= Limits.Held; i++)
            worker.Gateway.Command("echo ran");
        var other = worker.Gateway.Command("echo fine");
        worker.Go();

        Assert.Equal("succeeded", (await worker.Gateway.Ended(other)).Results[0].Outcome);
        await Until.True(() => Files(worker) == AttemptTable.MostParked, "the others wait for their yes");
        Assert.All(Polls(worker.Gateway), poll => Assert.InRange(poll.Held?.Length ?? 0, 0, Limits.Held));
        Assert.DoesNotContain("poll failed", worker.Log, StringComparison.Ordinal);
        Assert.Contains("as many as may", worker.Log, StringComparison.Ordinal);

        // What is left is named and does not come back in the same instant: it is offered, with the rest, in a few calls.
        Assert.InRange(worker.Gateway.Count("poll"), 1, 200);
        await worker.Stop();
        worker.Go();
        await worker.Gateway.Ended(worker.Gateway.Command("echo a session was opened"));
        Assert.Equal(2, worker.Gateway.Sessions);
    }

    [Fact]
    public async Task A_session_is_opened_whatever_is_in_the_home()
    {
        await using var worker = await WorkerHarness.Prepare();
        Directory.CreateDirectory(worker.Home);
        await File.WriteAllTextAsync(Path.Combine(worker.Home, "policy.json"), Policy);
        Keep(worker, 600);
        Spool(worker, 600);
        worker.Gateway.Fault = call => call.Name is "result" or "approval" ? CallFault.Unavailable : CallFault.None;
        worker.Go();

        await worker.Gateway.Until(g => g.Count("poll") > 0, "it polls");
        Assert.Equal(1, worker.Gateway.Count("session"));
        Assert.Equal(Limits.Held, worker.Gateway.Opened!.Held!.Length);
        // A result unnamed would be taken as a late one; what waits for its owner is the server's in any case.
        Assert.Equal(600, worker.Gateway.Opened.Held.Count(id => id.StartsWith('2')));
    }

    [Fact]
    public void What_runs_is_named_first_and_no_more_than_the_server_hears()
    {
        var table = new AttemptTable(() => 2_000);
        for (var i = 0; i < 700; i++)
        {
            table.Park(WorkDigestTests.Offer("{}") with { AttemptId = $"parked{i}.1" });
            table.MarkReporting($"reported{i}.1");
        }
        var running = table.TryAdd(WorkDigestTests.Offer("{}") with { AttemptId = "runs.1" })!;
        running.RenewLease(1);
        table.TryAdd(WorkDigestTests.Offer("{}") with { AttemptId = "offered.1" });

        var named = table.HeldIds;
        Assert.Equal(Limits.Held, named.Length);
        Assert.Equal("runs.1", named[0]);
        Assert.Equal(700, named.Count(id => id.StartsWith("reported", StringComparison.Ordinal)));
        Assert.Contains("offered.1", named);
        Assert.Equal(named.Distinct(), named);

        Assert.Equal(1_402, table.HeldOfferIds.Length);
        table.Park(WorkDigestTests.Offer("{}") with { AttemptId = "parked0.1" }).WaitsAtServer = true;
        Assert.DoesNotContain("parked0.1", table.HeldOfferIds);
    }

    [Fact]
    public void So_many_wait_and_so_many_bytes()
    {
        var table = new AttemptTable(() => 1);
        for (var i = 0; i < AttemptTable.MostParked; i++)
            Assert.True(table.TryPark(WorkDigestTests.Offer("{}") with { AttemptId = $"t{i}.1" }));
        Assert.False(table.TryPark(WorkDigestTests.Offer("{}") with { AttemptId = "one-more.1" }));
        table.Remove("t7.1");
        Assert.True(table.TryPark(WorkDigestTests.Offer("{}") with { AttemptId = "one-more.1" }));

        var large = new AttemptTable(() => 1);
        var payload = JsonSerializer.Serialize(new { content = new string('x', (int)(AttemptTable.MostParkedBytes / 2)) });
        Assert.True(large.TryPark(WorkDigestTests.Offer(payload) with { AttemptId = "a.1" }));
        Assert.False(large.TryPark(WorkDigestTests.Offer(payload) with { AttemptId = "b.1" }));
        Assert.True(large.TryPark(WorkDigestTests.Offer("{}") with { AttemptId = "c.1" }));
    }

    [Fact]
    public void What_was_left_is_named_for_the_life_of_an_offer_and_no_more_than_can_be()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var left = new SkippedOffers(clock);
        left.Add("0");
        clock.Advance(TimeSpan.FromSeconds(5));
        for (var i = 1; i <= SkippedOffers.Most; i++)
            left.Add($"{i}");
        Assert.Equal((0, SkippedOffers.Most, true), (left.Room, left.Ids.Length, left.Sweeping));
        clock.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal((1, "1"), (left.Room, left.Ids[0]));
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Empty(left.Ids);
        left.EndSweep();
        Assert.False(left.Sweeping);
    }

    private static void Keep(WorkerHarness worker, int count)
    {
        var offers = new WaitingOffers(Directory.CreateDirectory(Path.Combine(worker.Home, "approvals")).FullName);
        for (var i = 0; i < count; i++)
        {
            var offer = WorkDigestTests.Offer("""{"command":"echo ran"}""") with { AttemptId = Id('1', i) };
            offers.Save(WaitingOffer.FromPending(new PendingApproval(offer, ["approval.asked"], "", "", DateTimeOffset.UnixEpoch)));
        }
    }

    private static void Spool(WorkerHarness worker, int count)
    {
        var spool = Directory.CreateDirectory(Path.Combine(worker.Home, "spool")).FullName;
        for (var i = 0; i < count; i++)
        {
            const string Result = """{"session":"","outcome":"succeeded","exitCode":0,"duration":1}""";
            File.WriteAllText(Path.Combine(spool, $"{Id('2', i)}.json"), Result);
        }
    }

    private static string Id(char first, int number) => $"{first}0000000-0000-7000-8000-{number:d12}.1";

    private static int Files(WorkerHarness worker) => Directory.GetFiles(Path.Combine(worker.Home, "approvals"), "*.json").Length;

    private static Protocol.Workers.Poll[] Polls(FakeGateway gateway) =>
    [
        .. gateway.Calls.Where(call => call.Name == "poll").TakeLast(2_000)
            .Select(call => JsonSerializer.Deserialize(call.Body, ProtocolJson.Default.Poll)!),
    ];
}
