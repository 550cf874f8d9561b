using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenClaw.Cluster;

namespace OpenClaw.Silo.Tests;

/// <summary>A silo as the product composes it, in this process, on free ports of loopback.</summary>
internal static class SiloHost
{
    public static SiloOptions Options(string connection, ClusterTls? tls = null) => new()
    {
        ConnectionString = connection, AdvertisedAddress = IPAddress.Loopback, SiloPort = 0, GatewayPort = 0, Tls = tls,
    };

    public static IHost Build(SiloOptions options, Action<IServiceCollection>? more = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.None);
        // The product's handler ends the process.
        builder.Services.AddSingleton<IFatalErrorHandler, Survivor>();
        more?.Invoke(builder.Services);
        builder.AddClusterSilo(options);
        return builder.Build();
    }

    public static async Task<IHost> Start(SiloOptions options)
    {
        var host = Build(options);
        await host.StartAsync();
        return host;
    }

    private sealed class Survivor : IFatalErrorHandler
    {
        public bool IsUnexpected(Exception exception) => true;

        public void OnFatalException(object? sender, string? context, Exception? exception)
        {
        }
    }
}
