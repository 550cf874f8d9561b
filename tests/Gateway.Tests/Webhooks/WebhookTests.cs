using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.Gateway.Webhooks;
using OpenClaw.TestKit.Webhooks;

namespace OpenClaw.Gateway.Tests.Webhooks;

/// <summary>Webhooks over real HTTP, to a receiver on this machine.</summary>
public sealed class WebhookTests : IAsyncLifetime
{
    private StandInReceiver receiver = null!;
    private LiveGateway gateway = null!;

    public async Task InitializeAsync()
    {
        receiver = await StandInReceiver.Start();
        gateway = await LiveGateway.Start(new() { ["OPENCLAW_WEBHOOK_ALLOW"] = "127.0.0.1,localhost" }, SetUp);
    }

    public async Task DisposeAsync()
    {
        await gateway.DisposeAsync();
        await receiver.DisposeAsync();
    }

    [Fact]
    public async Task The_receiver_is_told_of_the_end_and_of_no_output_and_can_check_that_it_is_ours()
    {
        var secret = await Rotate("{}");
        var id = await RunTask(receiver.GetUrl("/hook?key=1"), "failed");

        var call = await NextCall();
        Assert.Equal("/hook?key=1", call.Path);
        Assert.True(call.IsSignedWith(secret));
        Assert.False((call with { Text = call.Text + " " }).IsSignedWith(secret));
        var data = call.Body.GetProperty("data");
        Assert.Equal(("task.ended", id, "failed", 1, "e"), (call.Body.Text("type"), data.Text("taskId"), data.Text("state"),
            data.GetProperty("exitCode").GetInt32(), data.GetProperty("tags").Text("t")));
        Assert.DoesNotContain("printed", call.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("key=1", call.Text, StringComparison.Ordinal);
        var callback = await CallbackOf(id, state: "delivered");
        Assert.Equal((1, null), (callback.GetProperty("attempts").GetInt32(), callback.Text("lastError")));
    }

    [Fact]
    public async Task A_failure_is_tried_again_with_the_same_id_also_after_a_restart_and_nothing_is_lost()
    {
        receiver.Answer([.. Enumerable.Repeat<Func<Microsoft.AspNetCore.Http.HttpContext, int>>(_ => 503, 3)]);
        var id = await RunTask(receiver.GetUrl());
        await Eventually.Holds(() => Task.FromResult(receiver.Calls.Count >= 1));
        Assert.NotEqual("dead", (await CallbackOf(id)).Text("state"));
        await gateway.Restart();

        await CallbackOf(id, state: "delivered");
        Assert.Single(receiver.Calls.Select(call => (call.Id, call.Text)).Distinct());
        Assert.Equal(4, receiver.Calls.Count);
    }

    [Fact]
    public async Task Nothing_goes_where_it_is_not_allowed_to()
    {
        await using var strict = await LiveGateway.Start(configure: SetUp);
        string[] urls = [receiver.GetUrl(), receiver.GetUrl(scheme: "https"), receiver.GetUrl(host: "localhost", scheme: "https")];
        foreach (var url in urls)
        {
            var (status, body) = await strict.Client.Post("/tasks", $$"""{"command":"true","callbackUrl":"{{url}}"}""");
            Assert.Equal((HttpStatusCode.BadRequest, "callbackUrl"),
                (status, body.GetProperty("errors")[0].Text("field")));
        }
        // A name that leads there: known only when it is looked up.
        var id = await RunTask(receiver.GetUrl(host: "inside.example", scheme: "https"), on: strict);
        await Eventually.Holds(async () => (await CallbackOf(id, on: strict)).TryGetProperty("lastError", out _));

        Assert.Equal("its host leads to a loopback address", (await CallbackOf(id, on: strict)).Text("lastError"));
        Assert.Equal(0, receiver.Connections);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        receiver.Answer(context =>
        {
            context.Response.Headers.Location = receiver.GetUrl("/elsewhere");
            return 307;
        });
        var id = await RunTask(receiver.GetUrl());

        await CallbackOf(id, state: "delivered");
        Assert.All(receiver.Calls, call => Assert.Equal("/hook", call.Path));
        Assert.Equal(2, receiver.Calls.Count);
    }

    [Fact]
    public async Task One_that_is_given_up_is_listed_and_can_be_sent_again()
    {
        receiver.Answer(_ => 410);
        var id = await RunTask(receiver.GetUrl("/hook/secret"));
        Assert.Equal("the receiver answered 410: it is gone for good", (await CallbackOf(id, state: "dead")).Text("lastError"));

        var (_, list) = await gateway.Client.Get("/webhooks?state=dead");
        var dead = Assert.Single(list.GetProperty("webhooks").EnumerateArray());
        Assert.Equal((id, receiver.GetUrl("/hook/secret"), "dead", 1),
            (dead.Text("taskId"), dead.Text("url"), dead.Text("state"), dead.GetProperty("attempts").GetInt32()));
        var (_, issued) = await gateway.Admin.Post("/admin/tokens", """{"role":"client","scopes":["tasks:read"]}""");
        var blind = gateway.With(issued.Text("secret"));
        Assert.Equal(receiver.GetUrl(""), (await blind.Get("/webhooks")).Body.GetProperty("webhooks")[0].Text("url"));
        Assert.Equal(receiver.GetUrl(""), (await blind.Get("/tasks/" + id)).Body.Text("callbackUrl"));
        Assert.Equal(receiver.GetUrl("/hook/secret"), (await gateway.Client.Get("/tasks/" + id)).Body.Text("callbackUrl"));

        Assert.Equal(HttpStatusCode.OK, (await gateway.Client.Post($"/webhooks/{dead.Text("id")}/retry", "{}")).Status);
        await CallbackOf(id, state: "delivered");
        var (status, again) = await gateway.Client.Post($"/webhooks/{dead.Text("id")}/retry", "{}");
        Assert.Equal((HttpStatusCode.Conflict, "urn:openclaw:webhook-not-dead"), (status, again.Text("type")));
        Assert.Equal(HttpStatusCode.NotFound, (await gateway.Client.Post($"/webhooks/{Guid.NewGuid()}/retry", "{}")).Status);
    }

    [Fact]
    public async Task While_a_secret_is_changed_both_sign()
    {
        var first = await Rotate("{}");
        var second = await Rotate("""{"overlap":60000}""");
        await RunTask(receiver.GetUrl());
        var both = await NextCall();
        Assert.True(both.IsSignedWith(first) && both.IsSignedWith(second));

        var third = await Rotate("""{"overlap":0}""");
        await RunTask(receiver.GetUrl());
        await Eventually.Holds(() => Task.FromResult(receiver.Calls.Count == 2));
        Assert.True(receiver.Calls.Last().IsSignedWith(third) && !receiver.Calls.Last().IsSignedWith(second));
    }

    [Fact]
    public async Task A_receiver_that_never_answers_holds_up_no_other()
    {
        for (var i = 0; i < 8; i++) receiver.AnswerNever();
        for (var i = 0; i < 8; i++) await RunTask(receiver.GetUrl("/never", host: "localhost"));
        await Eventually.Holds(() => Task.FromResult(!receiver.Calls.IsEmpty));
        await using var quick = await StandInReceiver.Start();
        await RunTask(quick.GetUrl());

        await Eventually.Holds(() => Task.FromResult(quick.Calls.Count == 1));
        Assert.InRange(receiver.Calls.Count, 1, 8);
    }

    [Theory]
    [InlineData("file:///etc/passwd"), InlineData("ftp://a.example/"), InlineData("//a.example/"), InlineData("a.example/hook")]
    [InlineData("https://user:pass@a.example/"), InlineData("https://user@a.example/"), InlineData("https://a.example/#part")]
    [InlineData("https://")]
    [InlineData("https://a.example/ b"), InlineData("http://a.example/"), InlineData("https://2130706434/")]
    [InlineData("https:\\\\\\\\a.example")]
    public async Task A_wrong_url_is_400_and_names_the_field(string url)
    {
        var (status, body) = await gateway.Client.Post("/tasks", $$"""{"command":"true","callbackUrl":"{{url}}"}""");
        Assert.Equal((HttpStatusCode.BadRequest, "callbackUrl"), (status, body.GetProperty("errors")[0].Text("field")));
    }

    private static void SetUp(IServiceCollection services) => services.Configure<WebhookOptions>(options =>
    {
        options.FirstRetry = TimeSpan.FromMilliseconds(5);
        options.LookInterval = TimeSpan.FromMilliseconds(20);
        options.Claim = TimeSpan.FromSeconds(5);
        var real = options.Resolve;
        options.Resolve = (host, cancellation) =>
            host == "inside.example" ? Task.FromResult(new[] { IPAddress.Loopback }) : real(host, cancellation);
    });

    private async Task<string> RunTask(string url, string outcome = "succeeded", LiveGateway? on = null)
    {
        on ??= gateway;
        var worker = await SessionWorker.Open(on);
        var id = await on.Client.Submit(
            $$"""{"command":"true","worker":"{{worker.Name}}","tags":{"t":"e"},"callbackUrl":"{{url}}"}""");
        await worker.Finish(await worker.Take(), outcome, outcome == "succeeded" ? 0 : 1, "printed");
        return id;
    }

    private async Task<StandInReceiver.Call> NextCall()
    {
        await Eventually.Holds(() => Task.FromResult(!receiver.Calls.IsEmpty));
        return receiver.Calls.First();
    }

    /// <summary>What the task says of its webhook, once it is in a state.</summary>
    private async Task<JsonElement> CallbackOf(string task, LiveGateway? on = null, string? state = null)
    {
        JsonElement callback = default;
        await Eventually.Holds(async () =>
        {
            callback = (await (on ?? gateway).Client.Get("/tasks/" + task)).Body.GetProperty("callback");
            return state is null || callback.Text("state") == state;
        });
        return callback;
    }

    private async Task<string> Rotate(string json)
    {
        var (status, body) = await gateway.Admin.Post("/admin/webhook-secret", json);
        Assert.Equal(HttpStatusCode.OK, status);
        return body.Text("secret")!;
    }
}
