using System.Net;
using System.Net.Sockets;

namespace OpenClaw.Silo.Tests;

/// <summary>Between the choice of a silo's port and the moment it listens there lie seconds in which others ask for any port.</summary>
public sealed class FreePortsTests
{
    [Fact]
    public void None_is_one_that_the_system_may_hand_out_meanwhile()
    {
        for (var i = 0; i < 100; i++)
        {
            // What Linux hands out begins above these, unless somebody told it otherwise; Windows and macOS begin higher.
            Assert.InRange(FreePorts.ChoosePort(IPAddress.Loopback), 20_000, 32_767);
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
                var listener = new TcpListener(IPAddress.Loopback, FreePorts.ChoosePort(IPAddress.Loopback));
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
