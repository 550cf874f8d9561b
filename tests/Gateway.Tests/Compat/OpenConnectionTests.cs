using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.GrainInterfaces.Queues;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;

namespace OpenClaw.Gateway.Tests.Compat;

/// <summary>The poll of the original starts an attempt only for a connection that is still there, at every moment it can go.</summary>
public sealed class OpenConnectionTests
{
    private static readonly Guid Task1 = Guid.Parse("0198c0de-0000-7000-8000-000000000001");
    private static readonly byte[] Payload = """{"command":"true"}"""u8.ToArray();
    private static readonly TaskSpec Spec = new() { Kind = "command", Payload = Payload, Requires = "" };

    [Fact]
    public async Task Fault_02_gone_while_the_queue_answers_the_place_is_given_back_and_nothing_started()
    {
        await using var gateway = await Start();
        var (returned, polled) = (new TaskCompletionSource<Guid[]>(), new TaskCompletionSource());
        gateway.Grains.On<IQueueGrain>("Poll", (_, args) => PolledWhenGone(polled, (CancellationToken)args[1]!))
            .On<IQueueGrain>("Return", (_, args) =>
            {
                returned.TrySetResult((Guid[])args[0]!);
                return Task.CompletedTask;
            });

        await LeaveOnce(gateway, polled.Task);

        Assert.Equal([Task1], await returned.Task.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Equal(0, gateway.Grains.Count("OfferAndStart"));
    }

    [Fact]
    public async Task Fault_02_gone_while_the_start_is_committed_the_start_is_undone()
    {
        await using var gateway = await Start();
        var ticket = Guid.Empty;
        var (starting, undone) = (new TaskCompletionSource(), new TaskCompletionSource<Guid>());
        gateway.Grains.On<IQueueGrain>("Poll", (_, _) => Task.FromResult(new PollReply([Task1], false)))
            .On<ITaskGrain>("OfferAndStart", (_, args) =>
            {
                ticket = (Guid)args[1]!;
                return StartedWhenGone(starting, gateway.HungUp);
            })
            .On<ITaskGrain>("Undelivered", (_, args) =>
            {
                undone.TrySetResult((Guid)args[1]!);
                return Task.FromResult(Rejection.None);
            });

        await LeaveOnce(gateway, starting.Task);

        Assert.Equal(ticket, await undone.Task.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.NotEqual(Guid.Empty, ticket);
    }

    [Fact]
    public async Task A_start_of_which_nobody_knows_whether_it_happened_is_taken_back_by_its_ticket()
    {
        await using var gateway = await Start();
        var (ticket, undone) = (Guid.Empty, new TaskCompletionSource<Guid>());
        gateway.Grains.On<IQueueGrain>("Poll", (_, _) => Task.FromResult(new PollReply([Task1], false)))
            .On<ITaskGrain>("OfferAndStart", (_, args) =>
            {
                ticket = (Guid)args[1]!;
                throw new TimeoutException();
            })
            .On<ITaskGrain>("Undelivered", (_, args) =>
            {
                undone.TrySetResult((Guid)args[1]!);
                return Task.FromResult(Rejection.None);
            });
        using var http = gateway.Http();

        using var answer = await http.GetAsync("/worker/poll?wait=1000");

        Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal(ticket, await undone.Task.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public async Task A_task_that_was_taken_meanwhile_is_passed_over()
    {
        await using var gateway = await Start();
        var polls = 0;
        gateway.Grains.On<IQueueGrain>("Poll", (_, _) => Task.FromResult(new PollReply([polls++ == 0 ? Guid.Empty : Task1], false)))
            .On<ITaskGrain>("OfferAndStart", (key, _) => Task.FromResult(
                (Guid)key == Task1 ? new OfferReply(Rejection.None, Spec, 1, default) : new(Rejection.NotAvailable, null, 0, default)));
        using var http = gateway.Http();

        Assert.Contains(Task1.ToString("D"), await http.GetStringAsync("/worker/poll?wait=10000"), StringComparison.Ordinal);
        Assert.Equal(0, gateway.Grains.Count("Undelivered"));
    }

    [Fact]
    public async Task A_sign_of_life_is_passed_on_every_few_seconds_and_not_with_every_poll()
    {
        await using var gateway = await Start();
        gateway.Grains.On<IQueueGrain>("Poll", (_, _) => Task.FromResult(new PollReply([], false)));
        using var http = gateway.Http();

        for (var i = 0; i < 20; i++) Assert.Equal("null", await http.GetStringAsync("/worker/poll?wait=0"));

        Assert.Equal(20, gateway.Grains.Count("Poll"));
        Assert.InRange(gateway.Grains.Count("TouchCompatible"), 1, 5);
    }

    [Fact]
    public async Task A_host_that_stops_answers_the_polls_it_holds()
    {
        await using var gateway = await Start();
        var parked = new TaskCompletionSource();
        gateway.Grains.On<IQueueGrain>("Poll", (_, args) => Parked(parked, (CancellationToken)args[1]!));
        using var http = gateway.Http();
        var poll = http.GetStringAsync("/worker/poll?wait=60000");
        await parked.Task;

        await gateway.Stop().WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal("null", await poll);
    }

    private static async Task<FaultyGateway> Start()
    {
        var gateway = await FaultyGateway.Start();
        gateway.Grains.On<IWorkerGrain>("TouchCompatible", (_, args) =>
            Task.FromResult(new SessionInfo { Session = "", Epoch = 0, Offers = (string)args[0]! }));
        return gateway;
    }

    private static async Task LeaveOnce(FaultyGateway gateway, Task moment)
    {
        using var http = gateway.Http();
        using var leave = new CancellationTokenSource();
        var poll = http.GetStringAsync("/worker/poll?wait=30000", leave.Token);
        await moment;
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => poll);
    }

    private static async Task<PollReply> PolledWhenGone(TaskCompletionSource polled, CancellationToken gone)
    {
        await Parked(polled, gone);
        return new PollReply([Task1], false);
    }

    private static async Task<OfferReply> StartedWhenGone(TaskCompletionSource starting, Task gone)
    {
        starting.TrySetResult();
        await gone;
        return new OfferReply(Rejection.None, Spec, 4, default);
    }

    private static async Task<PollReply> Parked(TaskCompletionSource parked, CancellationToken gone)
    {
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = gone.Register(left.SetResult);
        parked.TrySetResult();
        await left.Task;
        return new PollReply([], false);
    }
}
