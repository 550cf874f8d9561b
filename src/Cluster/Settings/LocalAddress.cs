using System.Net;
using System.Net.Sockets;

namespace OpenClaw.Cluster.Settings;

/// <summary>Which address of this machine the others can reach, found without asking anybody.</summary>
public static class LocalAddress
{
    private const int AnyPort = 5432;

    /// <summary>
    /// The address this machine uses towards the database: the others of the cluster reach the database, too. Loopback when the
    /// database is on this machine or can't be named now. Sends nothing: connecting a datagram socket only picks the way.
    /// </summary>
    public static IPAddress DetectTowards(string connectionString)
    {
        var host = MemberSettings.FindHost(connectionString)?.Split(',')[0].Trim() ?? "";
        if (host.Length == 0 || host.StartsWith('/') || host.StartsWith('@')) return IPAddress.Loopback;
        try
        {
            var target = IPAddress.TryParse(host, out var address)
                ? address
                : Dns.GetHostAddresses(host.Split(':')[0]).OrderBy(a => a.AddressFamily).First();
            using var socket = new Socket(target.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(target, AnyPort);
            return ((IPEndPoint)socket.LocalEndPoint!).Address;
        }
        catch (SocketException)
        {
            return IPAddress.Loopback;
        }
    }
}
