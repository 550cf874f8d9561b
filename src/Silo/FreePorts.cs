using System.Net;
using System.Net.Sockets;

namespace OpenClaw.Silo;

/// <summary>
/// Ports nobody listens on now, for a silo, which must know its port some time before it listens. They lie below those that systems hand
/// out to whoever asks for any: one of these can be taken meanwhile by a program that wants just this one, and by no other.
/// </summary>
internal static class FreePorts
{
    private const int First = 20_000;

    /// <summary>Linux hands out what is above, Windows and macOS begin higher.</summary>
    private const int Last = 32_767;

    /// <summary>Far more than there can be in a row that somebody has.</summary>
    private const int MostTries = 1000;

    public static int ChoosePort(IPAddress address)
    {
        for (var tries = 1; ; tries++)
        {
            // By chance, so that silos that start together do not look at the same ones.
            var port = Random.Shared.Next(First, Last + 1);
            try
            {
                using var listener = new TcpListener(address, port);
                listener.Start();
                return port;
            }
            catch (SocketException taken) when (
                tries < MostTries && taken.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
            {
                // Somebody's, or, on Windows, set aside for somebody.
            }
        }
    }
}
