using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace OpenClaw.Hosting;

/// <summary>Ports: whether one is free, which one it came to be.</summary>
public static class ServerPorts
{
    /// <summary>Checked before anything else starts: a server that fails halfway through its start logs a lot.</summary>
    /// <param name="address">Address to listen on.</param>
    /// <param name="port">Port to listen on; 0 is always free.</param>
    /// <param name="change">How another one is chosen, as in "choose another with --port".</param>
    public static void ThrowIfTaken(IPAddress address, int port, string change)
    {
        try
        {
            using var probe = new TcpListener(address, port);
            probe.Start();
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw CreateTakenError(address, port, change);
        }
        catch (SocketException error)
        {
            throw new StartupException(
                StartupException.Address, $"Can't listen on port {port} of {address}: {error.Message}.");
        }
    }

    /// <summary>The sentence about a port that something else has.</summary>
    public static StartupException CreateTakenError(IPAddress address, int port, string change) => new(
        StartupException.Address,
        $"Port {port} on {address} is in use. Stop what uses it, or choose another with {change} (0: any free one).");

    /// <summary>Where a started server can be called from this machine: the first of its addresses.</summary>
    public static Uri GetLocalAddress(WebApplication app) => GetLocalAddress(app, _ => true);

    /// <summary>The first of its addresses in plain HTTP.</summary>
    internal static Uri GetPlainAddress(WebApplication app) => GetLocalAddress(app, bound => bound.Scheme == Uri.UriSchemeHttp);

    private static Uri GetLocalAddress(WebApplication app, Func<Uri, bool> isWanted)
    {
        var features = app.Services.GetRequiredService<IServer>().Features;
        var bound = features.Get<IServerAddressesFeature>()!.Addresses.Select(address => new Uri(address)).First(isWanted);
        var isAny = IPAddress.TryParse(bound.Host.Trim('[', ']'), out var address)
            && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any));
        return isAny ? new UriBuilder(bound) { Host = "127.0.0.1" }.Uri : bound;
    }
}
