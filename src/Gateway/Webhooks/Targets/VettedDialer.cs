using System.Net;
using System.Net.Sockets;

namespace OpenClaw.Gateway.Webhooks.Targets;

/// <summary>
/// Connects to an address that was judged, and to no other: a name that is looked up for the judgement and again for the connection may
/// lead elsewhere the second time.
/// </summary>
internal sealed class VettedDialer(CallbackTargets targets, Func<string, CancellationToken, Task<IPAddress[]>> resolve)
{
    /// <summary>For <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    /// <exception cref="RefusedTargetException">None of the host's addresses may be connected to.</exception>
    public async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var (host, port) = (context.DnsEndPoint.Host.TrimEnd('.'), context.DnsEndPoint.Port);
        var found = IPAddress.TryParse(host, out var literal) ? [literal] : await resolve(host, cancellation);
        var (addresses, refusal) = targets.ChooseAddresses(host, found);
        if (refusal is not null) throw new RefusedTargetException(refusal);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>The host of a URL leads to nothing that may be called.</summary>
internal sealed class RefusedTargetException(string reason) : Exception(reason);
