using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.GrainInterfaces.Queues;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;

namespace OpenClaw.Gateway.Tests.Requests;

/// <summary>Every route that may be held for longer than a proxy bears begins its answer before that.</summary>
public sealed class HeldRouteTests
{
    private static readonly Guid Task1 = Guid.Parse("0198c0de-0000-7000-8000-000000000001");
    private static readonly TaskSpec Spec = new()
    {
        Kind = "command", Payload = """{"command":"true"}"""u8.ToArray(), Requires = "", Tenant = "default",
    };

    private readonly FakeTimeProvider clock = new(DateTimeOffset.UnixEpoch.AddYears(56));
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Theory]
    [InlineData("GET", "/tasks/0198c0de-0000-7000-8000-000000000001?wait=120000&output=false", "\"state\":\"cancelled\"")]
    [InlineData("POST", "/tasks", "\"taskId\"")]
    [InlineData("GET", "/worker/poll?wait=60000", "0198c0de-0000-7000-8000-000000000001")]
    public async Task Its_answer_begins_after_ten_seconds_and_is_json(string method, string path, string expected)
    {
        await using var gateway = await Start();
        using var http = gateway.Http();
        using var request = new HttpRequestMessage(new(method), path);
        if (method == "POST") request.Content = GatewayHost.Json("""{"command":"true","wait":60000}""");

        var asked = http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await Passes(asked, HeldAnswers.Silence * 1.5);
        using var answer = await asked;
        Assert.Equal((HttpStatusCode.OK, "application/json", null),
            (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType, answer.Content.Headers.ContentLength));
        using var body = await answer.Content.ReadAsStreamAsync();
        Assert.Equal(' ', body.ReadByte());
        // The end of a submit's wait is the one that needs no end of its task.
        if (method != "POST") ended.SetResult();
        using var reader = new StreamReader(body);
        var rest = reader.ReadToEndAsync();
        await Passes(rest, method == "POST" ? TimeSpan.FromMinutes(1) : TimeSpan.Zero);

        Assert.Contains(expected, await rest, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(await rest);
    }

    [Fact]
    public async Task A_task_that_is_not_there_is_404_however_long_it_was_to_be_waited_for()
    {
        await using var gateway = await Start();
        gateway.Grains.On<ITaskGrain>("Wait", (_, _) => Task.FromResult<TaskSnapshot?>(null));
        using var http = gateway.Http();

        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync($"/tasks/{Task1}?wait=120000")).StatusCode);
    }

    private async Task<FaultyGateway> Start()
    {
        var gateway = await FaultyGateway.Start(clock: clock);
        gateway.Grains
            .On<ITaskGrain>("Submit", (_, _) => Task.FromResult(new TaskReply(Rejection.None, Snapshot())))
            .On<ITaskGrain>("Get", (_, _) => Task.FromResult<TaskSnapshot?>(Snapshot()))
            .On<ITaskGrain>("Wait", (_, args) => Wait((TimeSpan)args[1]!, (CancellationToken)args[2]!))
            .On<ITaskGrain>("OfferAndStart", (_, _) => Task.FromResult(new OfferReply(Rejection.None, Spec, 1, default)))
            .On<IQueueGrain>("Poll", (_, args) => Poll(((PollRequest)args[0]!).Wait, (CancellationToken)args[1]!))
            .On<IWorkerGrain>("TouchCompatible", (_, args) =>
                Task.FromResult(new SessionInfo { Session = "", Epoch = 0, Offers = (string)args[0]! }));
        return gateway;
    }

    private async Task<TaskSnapshot?> Wait(TimeSpan wait, CancellationToken cancellation)
    {
        await Until(wait, cancellation);
        return Snapshot();
    }

    private async Task<PollReply> Poll(TimeSpan wait, CancellationToken cancellation) =>
        new(await Until(wait, cancellation) ? [Task1] : [], false);

    /// <summary>True when the task has ended, false when the time is over.</summary>
    private async Task<bool> Until(TimeSpan wait, CancellationToken cancellation)
    {
        await ended.Task.WaitAsync(wait, clock, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellation.ThrowIfCancellationRequested();
        return ended.Task.IsCompleted;
    }

    private TaskSnapshot Snapshot() => new()
    {
        Id = Task1, Spec = Spec, State = ended.Task.IsCompleted ? TaskState.Cancelled : TaskState.Running, Version = 1, Attempt = 1,
    };

    /// <summary>
    /// The gateway's time goes on until something has happened: quickly for so long as that takes, then slowly, so that nobody's wait is
    /// over because a busy machine let the gateway stand still for a second.
    /// </summary>
    private Task Passes(Task until, TimeSpan quickly)
    {
        var began = clock.GetUtcNow();
        return Eventually.Holds(async () =>
        {
            if (!until.IsCompleted) clock.Advance(TimeSpan.FromMilliseconds(500));
            if (clock.GetUtcNow() - began > quickly)
                await Task.WhenAny(until, Task.Delay(TimeSpan.FromMilliseconds(250), TimeProvider.System));
            return until.IsCompleted;
        });
    }
}
