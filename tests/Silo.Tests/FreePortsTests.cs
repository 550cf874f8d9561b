using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace OpenClaw.Silo.Tests;

/// <summary>Between the choice of a silo's port and the moment it listens there lie seconds in which others ask for any port.</summary>
public sealed class FreePortsTests
{
    [Fact]
    public void None_is_one_that_the_system_may_hand_out_meanwhile()
    {
        var handedOut = File.ReadAllText("/proc/sys/net/ipv4/ip_local_port_range").Split('\t').Select(port => int.Parse(port, CultureInfo.InvariantCulture)).ToArray();
        for (var i = 0; i < 100; i++)
        {
            var port = FreePorts.Take(IPAddress.Loopback);
            Assert.False(port >= handedOut[0] && port <= handedOut[1], $"{port} may be handed out to anybody");
        }
    }

    [Fact]
    public void One_that_somebody_has_is_not_chosen()
    {
        var taken = new List<TcpListener>();
        try
        {
            for (var i = 0; i < 100; i++)
            {
                var listener = new TcpListener(IPAddress.Loopback, FreePorts.Take(IPAddress.Loopback));
                taken.Add(listener);
                listener.Start();
            }
        }
        finally
        {
            taken.ForEach(listener => listener.Stop());
        }
    }
}
