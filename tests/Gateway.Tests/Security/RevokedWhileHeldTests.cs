using Microsoft.Extensions.Time.Testing;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.GrainInterfaces.Queues;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;

namespace OpenClaw.Gateway.Tests.Security;

/// <summary>What is held, followed or sent slowly is cut when the token it came with ends, whatever it waits for.</summary>
public sealed class RevokedWhileHeldTests
{
    private const string Id = "0198c0de-0000-7000-8000-000000000001";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TaskSpec Spec = new()
    {
        Kind = "command", Payload = """{"command":"true"}"""u8.ToArray(), Requires = "", Tenant = "default",
    };

    private readonly FakeTimeProvider clock = new(DateTimeOffset.UnixEpoch.AddYears(56));
    private string token = "";
    private volatile TokenRecord? stored;
    private volatile Exception? outage;

    public static TheoryData<string, string, string, string, string?> LongRequests => new()
    {
        // role, what shows that it is under way, method, path, body
        { "client", "Wait", "GET", $"/tasks/{Id}?wait=300000", null },
        { "client", "Wait", "POST", "/tasks", """{"command":"true","wait":300000}""" },
        { "client", "Wait", "GET", $"/tasks/{Id}?wait=9000", null },
        { "client", "Wait", "GET", $"/tasks/{Id}/events", null },
        { "client", "Wait", "GET", $"/tasks/{Id}/output?follow=true", null },
        { "worker", "Poll", "GET", "/worker/poll?wait=60000", null },
        { "worker", "Poll", "GET", "/worker/poll?wait=8000", null },
        { "worker", "Poll", "POST", "/worker/poll", """{"session":"w.1.abc","freeSlots":1,"held":[],"wait":50000}""" },
        { "worker", "Wait", "POST", $"/worker/attempts/{Id}.1/approval",
            $$"""{"session":"w.1.abc","rule":"r","digest":"{{new string('0', 64)}}","summary":"s","waitFor":600000,"wait":50000}""" },
    };

    [Theory, MemberData(nameof(LongRequests))]
    public Task Revoked(string role, string underWay, string method, string path, string? body) =>
        IsCut(role, underWay, method, path, body, record => record with { Revoked = true });

    [Theory, MemberData(nameof(LongRequests))]
    public Task Run_out(string role, string underWay, string method, string path, string? body) =>
        IsCut(role, underWay, method, path, body, record => record with { ExpiresAt = clock.GetUtcNow() });

    [Fact]
    public async Task A_body_that_is_still_coming()
    {
        await using var gateway = await Start("client");
        using var raw = new RawHttp(gateway.Address);
        raw.Send($"POST /tasks HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n"
            + "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"command\":");
        await Eventually.Holds(() => Task.FromResult(gateway.Grains.Count("Get") > 0));
        stored = stored! with { Revoked = true };

        // Kestrel answers one that stops coming with 408.
        var answer = Task.Run(raw.Receive);
        await Passes(answer);
        Assert.Equal("", (await answer).Answer);
        Assert.Equal(0, gateway.Grains.Count("Submit"));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_token_that_is_good_or_that_the_store_does_not_tell_of_cuts_nothing(bool storeIsGone)
    {
        await using var gateway = await Start("client");
        using var http = gateway.Http(token);
        var asked = http.GetAsync($"/tasks/{Id}?wait=300000", HttpCompletionOption.ResponseHeadersRead);
        await Eventually.Holds(() => Task.FromResult(gateway.Grains.Count("Wait") > 0));
        var looks = gateway.Grains.Calls.Count(call => call.Grain == nameof(ITokenGrain));
        if (storeIsGone) outage = new TimeoutException();

        await Passes(() => gateway.Grains.Calls.Count(call => call.Grain == nameof(ITokenGrain)) >= looks + 3);
        await Passes(asked);
        using var answer = await asked;
        using var body = await answer.Content.ReadAsStreamAsync();
        Assert.Equal(' ', body.ReadByte());
        Assert.False(gateway.HungUp.IsCompleted);
    }

    private async Task IsCut(string role, string underWay, string method, string path, string? body, Func<TokenRecord, TokenRecord> end)
    {
        await using var gateway = await Start(role);
        using var http = gateway.Http(token);
        using var request = new HttpRequestMessage(new(method), path);
        if (body is not null) request.Content = GatewayHost.Json(body);
        var whole = http.SendAsync(request);
        await Eventually.Holds(() => Task.FromResult(whole.IsCompleted || gateway.Grains.Count(underWay) > 0));
        Assert.False(whole.IsCompleted, "it was to be held");
        stored = end(stored!);

        await Passes(whole);
        await Assert.ThrowsAsync<HttpRequestException>(() => whole);
        await gateway.HungUp.WaitAsync(Patience);
    }

    private async Task<FaultyGateway> Start(string role)
    {
        token = TokenText.Create(role == "worker" ? Roles.Worker : Roles.Client);
        Assert.True(TokenText.TryParse(token, out var id, out var secret, out _));
        var hash = new byte[32];
        TokenText.HashSecret(secret, hash);
        stored = new TokenRecord { TokenId = id.ToString(), SecretHash = hash, Role = role };
        var gateway = await FaultyGateway.Start(clock: clock);
        var session = new SessionInfo { Session = "w.1.abc", Epoch = 1, Offers = "" };
        gateway.Grains
            .On<ITokenGrain>("Get", (_, _) => outage is { } failure
                ? Task.FromException<TokenRecord?>(failure) : Task.FromResult<TokenRecord?>(stored))
            .On<ITaskGrain>("Submit", (_, _) => Task.FromResult(new TaskReply(Rejection.None, Snapshot)))
            .On<ITaskGrain>("Get", (_, _) => Task.FromResult<TaskSnapshot?>(Snapshot))
            .On<ITaskGrain>("AskApproval", (_, _) => Task.FromResult(new TaskReply(Rejection.None, Snapshot)))
            .On<ITaskGrain>("Wait", (_, args) => Never<TaskSnapshot?>((CancellationToken)args[2]!))
            .On<IQueueGrain>("Poll", (_, args) => Never<PollReply>((CancellationToken)args[1]!))
            .On<IWorkerGrain>("Touch", (_, _) => Task.FromResult<SessionInfo?>(session))
            .On<IWorkerGrain>("FindSession", (_, _) => Task.FromResult<SessionInfo?>(session))
            .On<IWorkerGrain>("TouchCompatible", (_, _) => Task.FromResult(session));
        return gateway;
    }

    /// <summary>Nothing happens until nobody waits for it any more.</summary>
    private static async Task<T> Never<T>(CancellationToken cancellation)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
        throw new InvalidOperationException();
    }

    private static TaskSnapshot Snapshot { get; } = new()
    {
        Id = Guid.Parse(Id), Spec = Spec, State = TaskState.Queued, Version = 1, Attempt = 0,
        Approval = new ApprovalWait { Attempt = 1, Worker = "w", Rule = "r", Digest = "0" },
    };

    private Task Passes(Task until) => Passes(() => until.IsCompleted);

    /// <summary>The gateway's time goes on, in small steps, until something has happened.</summary>
    private Task Passes(Func<bool> until) => Eventually.Holds(() =>
    {
        if (!until()) clock.Advance(TimeSpan.FromMilliseconds(100));
        return Task.FromResult(until());
    });
}
