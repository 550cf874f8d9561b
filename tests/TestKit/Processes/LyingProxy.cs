using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.Logging;
using OpenClaw.TestKit.FakeGateway;

namespace OpenClaw.TestKit.Processes;

/// <summary>A reverse proxy on 127.0.0.1 that passes everything on to a server, but for what it answers itself.</summary>
public sealed class LyingProxy : IAsyncDisposable
{
    private static readonly string[] PassedOn = ["Authorization", "X-Session", "Idempotency-Key", "Accept"];
    private readonly WebApplication app;
    private readonly HttpClient server;
    private int cuts;

    private LyingProxy(WebApplication app, Uri server)
    {
        this.app = app;
        this.server = new HttpClient { BaseAddress = server, Timeout = Timeout.InfiniteTimeSpan };
    }

    public Uri Url { get; private set; } = null!;

    /// <summary>What it answers itself to a path and the length of a body; null: it passes the request on. Called on any thread.</summary>
    public Func<string, int, FalseAnswer?> Lies { get; set; } = (_, _) => null;

    /// <summary>Hears the path and the body of every request first. Called on any thread.</summary>
    public Action<string, ReadOnlyMemory<byte>> Hears { get; set; } = (_, _) => { };

    /// <summary>
    /// What it answers instead of the server, which has done by then what was asked of it; null: the server's own answer.
    /// </summary>
    public Func<string, FalseAnswer?> Replaces { get; set; } = _ => null;

    /// <summary>It answers 504 to what the server has not answered for so long.</summary>
    public TimeSpan ServerTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How often it did.</summary>
    public int Cuts => Volatile.Read(ref cuts);

    public static async Task<LyingProxy> Start(Uri server)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var proxy = new LyingProxy(builder.Build(), server);
        proxy.app.Run(proxy.Answer);
        await proxy.app.StartAsync();
        proxy.Url = new Uri(proxy.app.Urls.First());
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await app.StopAsync(limit.Token);
        await app.DisposeAsync();
        server.Dispose();
    }

    private async Task Answer(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        Hears(context.Request.Path, body.ToArray());
        if (Lies(context.Request.Path, (int)body.Length) is { } lie)
        {
            await Lie(context, lie);
            return;
        }
        await PassOn(context, body.ToArray());
    }

    private static async Task Lie(HttpContext context, FalseAnswer lie)
    {
        if (lie.Status == 0)
        {
            context.Abort();
            return;
        }
        context.Response.StatusCode = lie.Status;
        if (lie.Status is 204 or 304) return;
        context.Response.ContentType = lie.ContentType;
        await context.Response.WriteAsync(lie.Body);
    }

    private async Task PassOn(HttpContext context, byte[] body)
    {
        var path = new Uri(context.Request.GetEncodedPathAndQuery(), UriKind.Relative);
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), path);
        if (body.Length > 0) request.Content = new ByteArrayContent(body);
        if (body.Length > 0) request.Content!.Headers.TryAddWithoutValidation("Content-Type", context.Request.ContentType);
        foreach (var name in PassedOn.Where(context.Request.Headers.ContainsKey))
            request.Headers.TryAddWithoutValidation(name, (string?)context.Request.Headers[name]);
        using var late = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        late.CancelAfter(ServerTimeout);
        try
        {
            using var response = await server.SendAsync(request, late.Token);
            var answer = await response.Content.ReadAsByteArrayAsync(late.Token);
            if (Replaces(context.Request.Path) is { } lie)
            {
                await Lie(context, lie);
                return;
            }
            context.Response.StatusCode = (int)response.StatusCode;
            context.Response.ContentType = response.Content.Headers.ContentType?.ToString();
            if (answer.Length > 0) await context.Response.Body.WriteAsync(answer, context.RequestAborted);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            Interlocked.Increment(ref cuts);
            context.Response.StatusCode = StatusCodes.Status504GatewayTimeout;
            context.Response.ContentType = "text/html";
            await context.Response.WriteAsync("<html><h1>504 Gateway Time-out</h1></html>");
        }
        catch (HttpRequestException)
        {
            context.Response.StatusCode = StatusCodes.Status502BadGateway;
        }
    }
}
