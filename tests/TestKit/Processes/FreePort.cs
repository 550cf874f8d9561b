using System.Net;
using System.Net.Sockets;

namespace OpenClaw.TestKit.Processes;

/// <summary>
/// Ports of loopback for whoever must know its port before it listens there, or comes back to it later. None of them is one that the system
/// hands out: to a listener that asks for any, or to a connection, which may come at any moment between.
/// </summary>
public static class FreePort
{
    private const int First = 10_000;

    /// <summary>Where Linux begins to hand out, unless it was told otherwise; other systems begin higher.</summary>
    private const int HandedOut = 32_768;

    /// <summary>One that nobody listens on now.</summary>
    public static int Find()
    {
        while (true)
        {
            // By chance: others look for one at the same time.
            var port = Random.Shared.Next(First, HandedOut);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException taken) when (taken.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
            {
                // Another one, then.
            }
        }
    }
}
