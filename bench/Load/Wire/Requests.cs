using System.Text;

namespace OpenClaw.Load.Wire;

/// <summary>Ready-made bytes of the requests of one role.</summary>
internal sealed class Requests(Uri server, string token)
{
    private readonly string tail = $" HTTP/1.1\r\nHost: {server.Authority}\r\nAuthorization: Bearer {token}\r\n";

    public byte[] Get(string path) => Encoding.ASCII.GetBytes($"GET {path}{tail}\r\n");

    public byte[] Post(string path, string json) => Encoding.UTF8.GetBytes(
        $"POST {path}{tail}Content-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(json)}\r\n\r\n{json}");
}
