using System.Net.Sockets;
using System.Text;

namespace OpenClaw.Gateway.Tests.Hosting;

/// <summary>Bytes over a socket, for requests that a polite client would not send.</summary>
internal sealed class RawHttp : IDisposable
{
    private readonly TcpClient tcp = new();
    private readonly NetworkStream stream;

    public RawHttp(Uri address)
    {
        tcp.Connect(address.Host, address.Port);
        stream = tcp.GetStream();
        stream.ReadTimeout = 30_000;
    }

    public void Send(string text) => Send(Encoding.Latin1.GetBytes(text));

    public void Send(byte[] bytes) => stream.Write(bytes);

    /// <summary>Everything until the server closes, or one answer with a Content-Length; the status and the text.</summary>
    public (int Status, string Answer) Receive()
    {
        var answer = new List<byte>();
        var buffer = new byte[4096];
        while (!IsWhole(answer))
        {
            int read;
            try
            {
                read = stream.Read(buffer);
            }
            catch (IOException)
            {
                break;
            }
            if (read == 0) break;
            answer.AddRange(buffer.AsSpan(0, read));
        }
        var text = Encoding.UTF8.GetString([.. answer]);
        return (text.Length > 12 ? int.Parse(text.AsSpan(9, 3), null) : 0, text);
    }

    /// <summary>True once the server has closed its side.</summary>
    public bool IsClosed()
    {
        try
        {
            return stream.ReadByte() < 0;
        }
        catch (IOException error)
        {
            return error.InnerException is SocketException { SocketErrorCode: not SocketError.TimedOut };
        }
    }

    public void Dispose()
    {
        stream.Dispose();
        tcp.Dispose();
    }

    private static bool IsWhole(List<byte> answer)
    {
        var text = Encoding.Latin1.GetString([.. answer]);
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0) return false;
        const string Header = "\r\nContent-Length: ";
        var at = text.IndexOf(Header, StringComparison.OrdinalIgnoreCase);
        if (at < 0 || at > end) return false;
        var digits = text.AsSpan(at + Header.Length);
        return text.Length >= end + 4 + int.Parse(digits[..digits.IndexOf('\r')], null);
    }
}
