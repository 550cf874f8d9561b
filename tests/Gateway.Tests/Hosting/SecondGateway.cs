using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenClaw.Gateway.Hosting;
using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.GrainInterfaces.Output;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Webhooks;

namespace OpenClaw.Gateway.Tests.Hosting;

/// <summary>Another gateway before the grains and the store of the first: of its memory it shares nothing.</summary>
internal sealed class SecondGateway : IAsyncDisposable
{
    private readonly WebApplication app;

    private SecondGateway(WebApplication app, HttpClient client) => (this.app, Client) = (app, client);

    public HttpClient Client { get; }

    public Uri Address => Client.BaseAddress!;

    public IServiceProvider Services => app.Services;

    public static async Task<SecondGateway> Start(LiveGateway first)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(first.Services.GetRequiredService<IGrainFactory>());
        builder.Services.AddSingleton(first.Services.GetRequiredService<IAuditTrail>());
        builder.Services.AddSingleton(first.Services.GetRequiredService<IAuditChains>());
        builder.Services.AddSingleton(first.Services.GetRequiredService<IOutputLog>());
        builder.Services.AddSingleton(first.Services.GetRequiredService<ITaskList>());
        builder.Services.AddSingleton(first.Services.GetRequiredService<IWebhookOutbox>());
        builder.Services.AddSingleton(first.Services.GetRequiredService<IWebhookSecrets>());
        builder.Services.AddSingleton(first.Services.GetRequiredService<ITokenIds>());
        builder.AddOpenClawGateway(options => (options.DataFolder, options.SharedToken) = (first.Folder, LiveGateway.SharedToken));
        var app = builder.Build();
        app.MapOpenClaw();
        await app.StartAsync();
        // The first one has seen to it that its tokens are stored.
        app.Services.GetRequiredService<TokenReadiness>().MarkReady();
        var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()), Timeout = TimeSpan.FromSeconds(60) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", first.Tokens["client"]);
        return new(app, client);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.DisposeAsync();
    }
}
