using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace OpenClaw.Gateway.Tests.Notifications;

/// <summary>A real HTTP server in the place of Discord's REST API. Answers as told, keeps what it got.</summary>
internal sealed class StandInChat : IAsyncDisposable
{
    internal sealed record Message(string Path, string? Authorization, string Content, JsonElement Body);

    private readonly WebApplication app;
    private readonly ConcurrentQueue<Func<HttpContext, int>> answers = new();
    private readonly SemaphoreSlim arrived = new(0);

    private StandInChat(WebApplication app) => this.app = app;

    public ConcurrentQueue<Message> Messages { get; } = new();

    public string Url => app.Urls.First() + "/api/v10";

    public static async Task<StandInChat> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var chat = new StandInChat(builder.Build());
        chat.app.Run(chat.Handle);
        await chat.app.StartAsync();
        return chat;
    }

    /// <summary>The next messages are answered so; after them all are taken.</summary>
    public void Answer(params Func<HttpContext, int>[] next)
    {
        foreach (var answer in next) answers.Enqueue(answer);
    }

    /// <summary>Until one more message was taken.</summary>
    public async Task<Message> NextTaken()
    {
        Assert.True(await arrived.WaitAsync(TimeSpan.FromSeconds(60)), "no message came");
        return Messages.Last();
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    private async Task Handle(HttpContext context)
    {
        var body = (await JsonDocument.ParseAsync(context.Request.Body)).RootElement;
        Messages.Enqueue(new(context.Request.Path, context.Request.Headers.Authorization, body.GetProperty("content").GetString()!, body));
        context.Response.StatusCode = answers.TryDequeue(out var answer) ? answer(context) : 200;
        await context.Response.WriteAsync("""{"id":"1"}""");
        if (context.Response.StatusCode == 200) arrived.Release();
    }
}
