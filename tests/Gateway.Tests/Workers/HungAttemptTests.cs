using System.Net.Http.Json;
using System.Text.Json;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.GrainInterfaces.Queues;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;

namespace OpenClaw.Gateway.Tests.Workers;

/// <summary>A task whose row is locked, or whose grain hangs, is one attempt of a heartbeat that has others.</summary>
public sealed class HungAttemptTests
{
    private const string Session = "studio.1.abc";

    [Fact]
    public async Task The_others_are_answered_for_without_it_and_it_is_left_out_of_the_answer()
    {
        var (well, hung, cancelled) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        var never = new TaskCompletionSource<Directive>();
        await using var gateway = await FaultyGateway.Start();
        gateway.Grains
            .On<IWorkerGrain>("Touch", (
                _, _) => Task.FromResult<SessionInfo?>(new() { Session = Session, Epoch = 1, Offers = "kind:command" }))
            .On<ITaskGrain>("Heartbeat", (task, _) => (Guid)task == hung ? never.Task
                : Task.FromResult((Guid)task == cancelled ? Directive.Cancel : Directive.Continue));

        var answer = await Beat(gateway, well, hung, cancelled);

        Assert.Equal(("continue", "cancel"), (Said(answer, well), Said(answer, cancelled)));
        Assert.Null(Said(answer, hung));
        never.SetException(new IOException("it failed in the end"));
        Assert.Equal("cancel", Said(await Beat(gateway, cancelled), cancelled));
    }

    [Fact]
    public async Task A_hung_one_is_left_out_of_the_offers_and_the_queue_hands_out_others_meanwhile()
    {
        var (well, hung) = (Guid.NewGuid(), Guid.NewGuid());
        var removed = new TaskCompletionSource<Guid>();
        await using var gateway = await FaultyGateway.Start();
        gateway.Grains
            .On<IWorkerGrain>("Touch", (
                _, _) => Task.FromResult<SessionInfo?>(new() { Session = Session, Epoch = 1, Offers = "kind:command" }))
            .On<IQueueGrain>("Poll", (_, _) => Task.FromResult(new PollReply([hung, well], false)))
            .On<IQueueGrain>("Remove", (_, args) =>
            {
                removed.SetResult((Guid)args[0]!);
                return Task.CompletedTask;
            })
            .On<ITaskGrain>("Offer", (task, _) => (Guid)task == hung ? new TaskCompletionSource<OfferReply>().Task
                : Task.FromResult(new OfferReply(Rejection.None, Spec, 1, default)));

        using var http = gateway.Http();
        var reply =
            await http.PostAsJsonAsync("/worker/poll", new { session = Session, freeSlots = 2, held = Array.Empty<string>(), wait = 100 });
        var offer = Assert.Single((await reply.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("offers").EnumerateArray());

        Assert.Equal($"{well}.1", offer.GetProperty("attemptId").GetString());
        Assert.Equal(hung, await removed.Task);
    }

    private static TaskSpec Spec => new() { Kind = "command", Payload = "{}"u8.ToArray(), Requires = "kind:command" };

    private static async Task<JsonElement> Beat(FaultyGateway gateway, params Guid[] tasks)
    {
        using var http = gateway.Http();
        var reply =
            await http.PostAsJsonAsync("/worker/heartbeat", new { session = Session, attempts = tasks.Select(task => $"{task}.1") });
        reply.EnsureSuccessStatusCode();
        return (await reply.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("attempts");
    }

    private static string? Said(JsonElement attempts, Guid task) =>
        attempts.TryGetProperty($"{task}.1", out var word) ? word.GetString() : null;
}
