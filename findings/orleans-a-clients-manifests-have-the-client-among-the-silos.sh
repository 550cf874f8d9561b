#!/usr/bin/env bash
# Microsoft.Orleans.Client 10.4.2: IClusterManifestProvider.Current.Silos of a client outside the cluster has the client itself among the
# silos, under an address with port 0. So the number of its entries is one more than there are silos, "all of Silos" asks the client's own
# build, too, and to wait until a client has as many entries as there are silos is over too early or never; a silo has no such entry.
# Needs the .NET 10 SDK. Exits non-zero when that changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
cat >manifests.cs <<'CS'
#:package Microsoft.Orleans.Server@10.4.2
#:package Microsoft.Orleans.Client@10.4.2
#:property ManagePackageVersionsCentrally=false
#:property PublishAot=false
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Metadata;
using Orleans.Runtime;

var (siloPort, gatewayPort) = (FreePort(), FreePort());
using var silo = Build(builder => builder.UseOrleans(orleans => orleans.UseLocalhostClustering(siloPort, gatewayPort)));
await silo.StartAsync();
using var client = Build(builder => builder.UseOrleansClient(orleans => orleans.UseLocalhostClustering(gatewayPort)));
await client.StartAsync();

Console.WriteLine($"Orleans {Version()}, one silo");
await Say("the silo", silo);
await Say("the client", client);
await client.StopAsync();
await silo.StopAsync();
return;

static IHost Build(Action<HostApplicationBuilder> configure)
{
    var builder = Host.CreateApplicationBuilder();
    builder.Logging.SetMinimumLevel(LogLevel.Error);
    configure(builder);
    return builder.Build();
}

// Asked for half a minute: it is no matter of time.
static async Task Say(string who, IHost host)
{
    var manifests = host.Services.GetRequiredService<IClusterManifestProvider>();
    for (var tries = 0; tries < 60 && !manifests.Current.Silos.Keys.Any(silo => silo.Endpoint.Port != 0); tries++) await Task.Delay(500);
    var silos = manifests.Current.Silos.Keys;
    Console.WriteLine($"{who}: {silos.Count()} in Silos, {silos.Count(silo => silo.Endpoint.Port == 0)} with port 0");
}

static string Version() =>
    typeof(IClusterManifestProvider).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split(". ")[0];

static int FreePort()
{
    using var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
    socket.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
    return ((System.Net.IPEndPoint)socket.LocalEndPoint!).Port;
}
CS
dotnet run manifests.cs | tee said
grep -qx 'the silo: 1 in Silos, 0 with port 0' said
grep -qx 'the client: 2 in Silos, 1 with port 0' said
