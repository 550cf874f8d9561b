using System.Net;
using Microsoft.Extensions.DependencyInjection;
using OpenClaw.Gateway.Notifications;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.Gateway.Webhooks;

namespace OpenClaw.Gateway.Tests.Notifications;

public sealed class NotifyTests : IAsyncLifetime
{
    private StandInChat chat = null!;
    private LiveGateway gateway = null!;

    public async Task InitializeAsync()
    {
        chat = await StandInChat.Start();
        gateway = await LiveGateway.Start(new() { ["DISCORD_API_URL"] = chat.Url, ["DISCORD_BOT_TOKEN"] = "bot-token" }, Quick);
    }

    public async Task DisposeAsync()
    {
        await gateway.DisposeAsync();
        await chat.DisposeAsync();
    }

    [Fact]
    public async Task A_message_reaches_the_channel_and_mentions_nobody()
    {
        var (status, body) = await gateway.Shared.Post("/notify", """{"channel":"123456789012345678","message":"hi @everyone"}""");

        Assert.Equal((HttpStatusCode.OK, true), (status, body.GetProperty("ok").GetBoolean()));
        var message = Assert.Single(chat.Messages);
        Assert.Equal(("/api/v10/channels/123456789012345678/messages", "Bot bot-token", "hi @everyone"),
            (message.Path, message.Authorization, message.Content));
        Assert.Equal(0, message.Body.GetProperty("allowed_mentions").GetProperty("parse").GetArrayLength());
    }

    [Fact]
    public async Task A_busy_or_broken_chat_is_asked_again()
    {
        chat.Answer(context => { context.Response.Headers.RetryAfter = "0"; return 429; }, _ => 500, _ => 503);

        var (status, _) = await gateway.Shared.Post("/notify", """{"channel":"1","message":"hi"}""");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(4, chat.Messages.Count);
    }

    [Fact]
    public async Task A_refusal_is_502_and_is_not_repeated()
    {
        chat.Answer(_ => 403);

        var (status, body) = await gateway.Shared.Post("/notify", """{"channel":"1","message":"hi"}""");

        Assert.Equal((HttpStatusCode.BadGateway, "the chat service answered 403"), (status, body.Text("error")));
        Assert.Single(chat.Messages);
    }

    [Fact]
    public async Task A_chat_that_stays_broken_is_502()
    {
        chat.Answer([.. Enumerable.Repeat<Func<Microsoft.AspNetCore.Http.HttpContext, int>>(_ => 500, ChatPoster.Repeats + 1)]);

        Assert.Equal(HttpStatusCode.BadGateway, (await gateway.Shared.Post("/notify", """{"channel":"1","message":"hi"}""")).Status);
        Assert.Equal(ChatPoster.Repeats + 1, chat.Messages.Count);
    }

    [Fact]
    public async Task A_long_message_comes_in_parts()
    {
        var text = string.Concat(Enumerable.Range(0, 500).Select(i => $"line {i}\\n"));

        Assert.Equal(HttpStatusCode.OK, (await gateway.Shared.Post("/notify", $$"""{"channel":"1","message":"{{text}}"}""")).Status);
        Assert.Equal(text.Replace("\\n", "\n"), string.Concat(chat.Messages.Select(message => message.Content)));
        Assert.All(chat.Messages, message => Assert.InRange(message.Content.Length, 1, 2000));
    }

    [Theory]
    [InlineData("""{"channel":"../../users","message":"hi"}""")]
    [InlineData("""{"channel":"ok-channel","message":"hi"}""")]
    [InlineData("""{"channel":"","message":"hi"}""")]
    [InlineData("""{"channel":"1","message":" "}""")]
    [InlineData("""{"channel":"1"}""")]
    public async Task A_wrong_message_is_400_and_goes_nowhere(string json)
    {
        Assert.Equal(HttpStatusCode.BadRequest, (await gateway.Shared.Post("/notify", json)).Status);
        Assert.Empty(chat.Messages);
    }

    [Fact]
    public async Task Nobody_there_is_502()
    {
        await using var alone = await LiveGateway.Start(new() { ["DISCORD_API_URL"] = "http://127.0.0.1:1", ["DISCORD_BOT_TOKEN"] = "t" },
            Quick);

        Assert.Equal(HttpStatusCode.BadGateway, (await alone.Shared.Post("/notify", """{"channel":"1","message":"hi"}""")).Status);
    }

    [Fact]
    public async Task A_session_worker_s_answer_is_posted_and_an_original_worker_s_is_not()
    {
        var worker = await SessionWorker.Open(gateway);
        await gateway.Shared.Submit("""{"prompt":"hi","callbackChannel":"42"}""", "/claude");
        var (_, polled) = await gateway.Shared.Get("/worker/poll?wait=20000");
        await gateway.Shared.Post("/worker/result",
            $$"""{"taskId":"{{polled.Text("id")}}","stdout":"mine","stderr":"","exitCode":0,"error":null}""");
        await gateway.Shared.Submit($$"""{"prompt":"hi","callbackChannel":"43","callbackBotToken":"own","worker":"{{worker.Name}}"}""",
            "/claude");
        await worker.Finish(await worker.Take(), stdout: "the answer");

        var message = await chat.NextTaken();
        Assert.Equal(("/api/v10/channels/43/messages", "Bot own", "the answer"), (message.Path, message.Authorization, message.Content));
        Assert.Single(chat.Messages);
    }

    [Fact]
    public async Task A_failed_turn_is_told_as_one_and_a_broken_chat_delays_nobody()
    {
        chat.Answer(_ => 500);
        var worker = await SessionWorker.Open(gateway);
        await gateway.Client.Submit(
            $$"""{"prompt":"hi","sessionId":"abcd1234-0000-4000-8000-000000000000","callbackChannel":"44","worker":"{{worker.Name}}"}""",
            "/claude");
        await worker.Finish(await worker.Take(), "failed", 1, "not logged in");

        var message = await chat.NextTaken();
        Assert.Equal("**Claude: failed**: exit code 1\nsession `abcd1234-0000-4000-8000-000000000000`\n\nnot logged in", message.Content);
    }

    [Fact]
    public async Task An_answer_that_was_not_posted_yet_is_posted_after_a_restart()
    {
        chat.Answer([.. Enumerable.Repeat<Func<Microsoft.AspNetCore.Http.HttpContext, int>>(_ => 503, 2)]);
        var worker = await SessionWorker.Open(gateway);
        await gateway.Shared.Submit($$"""{"prompt":"hi","callbackChannel":"45","worker":"{{worker.Name}}"}""", "/claude");
        await worker.Finish(await worker.Take(), stdout: "late");
        await gateway.Restart();

        var message = await chat.NextTaken();
        Assert.Equal(("/api/v10/channels/45/messages", "late"), (message.Path, message.Content));
        Assert.Equal(3, chat.Messages.Count);
    }

    private static void Quick(IServiceCollection services)
    {
        services.Configure<NotificationOptions>(options => options.FirstRetry = TimeSpan.FromMilliseconds(5));
        services.Configure<WebhookOptions>(
            options => (options.FirstRetry, options.Claim) = (TimeSpan.FromMilliseconds(5), TimeSpan.FromSeconds(5)));
    }
}
