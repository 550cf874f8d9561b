using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace OpenClaw.Worker.Control.Callers;

/// <summary>
/// Who is at the other end of the control socket. The folder is its owner's alone already; this holds when somebody has opened it up.
/// </summary>
internal static partial class PeerUser
{
    private const int LinuxLevel = 1;
    private const int LinuxPeerCredentials = 17;
    private const int MacLevel = 0;
    private const int MacPeerCredentials = 1;
    private const int MacSize = 76;
    private const int MacPeerProcess = 2;

    /// <summary>The daemon's own user, and root, whom nothing stops anyway.</summary>
    public static bool IsAllowed(uint own, uint? peer) => peer is { } user && (user == own || user == 0);

    /// <summary>On Windows the folder's access list is the gate.</summary>
    public static bool IsAllowed(Socket socket) => OperatingSystem.IsWindows() || IsAllowed(GetEffectiveUser(), GetUser(socket));

    /// <summary>Null when the system does not tell.</summary>
    public static uint? GetUser(Socket socket)
    {
        try
        {
            var (level, option, size, at) = OperatingSystem.IsMacOS()
                ? (MacLevel, MacPeerCredentials, MacSize, 4) : (LinuxLevel, LinuxPeerCredentials, 12, 4);
            Span<byte> credentials = stackalloc byte[size];
            var got = socket.GetRawSocketOption(level, option, credentials);
            return got < at + 4 ? null : BitConverter.IsLittleEndian
                ? BinaryPrimitives.ReadUInt32LittleEndian(credentials[at..]) : BinaryPrimitives.ReadUInt32BigEndian(credentials[at..]);
        }
        catch (SocketException)
        {
            return null;
        }
    }

    /// <summary>Its process as it was when it connected; null when the system does not tell.</summary>
    public static int? GetProcess(Socket socket)
    {
        try
        {
            var (level, option, size) = OperatingSystem.IsMacOS() ? (MacLevel, MacPeerProcess, 4) : (LinuxLevel, LinuxPeerCredentials, 12);
            Span<byte> credentials = stackalloc byte[size];
            var got = socket.GetRawSocketOption(level, option, credentials);
            return got < 4 ? null : BitConverter.IsLittleEndian
                ? BinaryPrimitives.ReadInt32LittleEndian(credentials) : BinaryPrimitives.ReadInt32BigEndian(credentials);
        }
        catch (SocketException)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUser();
}
