using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace OpenClaw.TestKit.Webhooks;

/// <summary>A real HTTP server that gets webhooks. Answers as told, keeps what it got.</summary>
public sealed class StandInReceiver : IAsyncDisposable
{
    public sealed record Call(string Path, string Id, string Timestamp, string Signature, string Text)
    {
        public JsonElement Body => JsonElement.Parse(Text);

        /// <summary>As a receiver checks it.</summary>
        public bool IsSignedWith(string secret)
        {
            var key = Convert.FromBase64String(secret["whsec_".Length..]);
            var expected = "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{Id}.{Timestamp}.{Text}")));
            return Signature.Split(' ').Contains(expected);
        }
    }

    private readonly WebApplication app;
    private readonly ConcurrentQueue<Func<HttpContext, Task<int>>> answers = new();

    private StandInReceiver(WebApplication app) => this.app = app;

    public ConcurrentQueue<Call> Calls { get; } = new();

    /// <summary>Connections, also those that came to nothing.</summary>
    public int Connections => connections;

    public int Port => new Uri(app.Urls.First()).Port;

    private int connections;

    public static async Task<StandInReceiver> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        StandInReceiver? receiver = null;
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Use(next => connection =>
        {
            Interlocked.Increment(ref receiver!.connections);
            return next(connection);
        })));
        receiver = new StandInReceiver(builder.Build());
        receiver.app.Run(receiver.Handle);
        await receiver.app.StartAsync();
        return receiver;
    }

    public string GetUrl(string path = "/hook", string host = "127.0.0.1", string scheme = "http") => $"{scheme}://{host}:{Port}{path}";

    /// <summary>The next calls are answered so; after them all are taken.</summary>
    public void Answer(params Func<HttpContext, int>[] next)
    {
        foreach (var answer in next) answers.Enqueue(context => Task.FromResult(answer(context)));
    }

    /// <summary>The next call is answered when its caller has gone, and so by nothing.</summary>
    public void AnswerNever() => answers.Enqueue(async context =>
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return 200;
    });

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task Handle(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var headers = context.Request.Headers;
        Calls.Enqueue(new(context.Request.Path + context.Request.QueryString, headers["webhook-id"]!, headers["webhook-timestamp"]!,
            headers["webhook-signature"]!, await reader.ReadToEndAsync()));
        context.Response.StatusCode = answers.TryDequeue(out var answer) ? await answer(context) : 200;
    }
}
