using System.Net;
using System.Net.Sockets;

namespace OpenClaw.Silo;

/// <summary>Ports nobody listens on now.</summary>
internal static class FreePorts
{
    public static int Take(IPAddress address)
    {
        using var listener = new TcpListener(address, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
