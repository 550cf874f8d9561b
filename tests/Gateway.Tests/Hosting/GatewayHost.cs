using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenClaw.Gateway.Security;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Silo;

namespace OpenClaw.Gateway.Tests.Hosting;

/// <summary>The gateway as it is: Kestrel on a free port of the loopback, a silo in the process, a database in a folder.</summary>
public sealed class GatewayHost : IAsyncLifetime
{
    public const string SharedToken = "shared-token-of-the-tests";

    private readonly string folder = Directory.CreateTempSubdirectory("openclaw-gateway").FullName;
    private readonly WebApplication app;

    public GatewayHost()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddStandaloneSilo(Path.Combine(folder, "openclaw.db"));
        builder.AddOpenClawGateway(options => (options.DataFolder, options.SharedToken) = (folder, SharedToken));
        app = builder.Build().MapOpenClaw();
    }

    public Uri Address { get; private set; } = new("http://127.0.0.1");

    public string ClientToken { get; private set; } = "";

    public string WorkerToken { get; private set; } = "";

    public string AdminToken { get; private set; } = "";

    public IServiceProvider Services => app.Services;

    internal IGrainFactory Grains => app.Services.GetRequiredService<IGrainFactory>();

    public async Task InitializeAsync()
    {
        await app.StartAsync();
        Address = new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        var (tokens, _) = await app.Services.GetRequiredService<TokenBootstrapper>().EnsureTokens();
        (ClientToken, WorkerToken, AdminToken) = (tokens[0].Token, tokens[1].Token, tokens[2].Token);
    }

    public async Task DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>A client that sends a token with every request.</summary>
    public HttpClient Http(string? token)
    {
        var http = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(60) };
        if (token is not null) http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return http;
    }

    /// <summary>How many tasks there are.</summary>
    public async Task<long> CountTasks()
    {
        var page = await app.Services.GetRequiredService<ITaskList>().ReadPage(new TaskQuery { Tenant = "default", Limit = 500 }, default);
        return page.Tasks.Count;
    }

    public static StringContent Json(string json) => new(json, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
}

[CollectionDefinition(nameof(GatewayHost))]
public sealed class OneGateway : ICollectionFixture<GatewayHost>;
