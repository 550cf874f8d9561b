using System.Buffers.Text;
using System.Net.Sockets;

namespace OpenClaw.Load.Wire;

/// <summary>Reads a chunked answer as it comes and counts its bytes.</summary>
internal sealed class StreamReader(Uri server) : IDisposable
{
    private readonly Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] buffer = new byte[256 * 1024];
    private int from;
    private int to;

    /// <summary>Sends the request and reads the head of the answer.</summary>
    public async Task Open(ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        await socket.ConnectAsync(server.Host, server.Port, cancellation);
        await socket.SendAsync(request, cancellation);
        int end;
        while ((end = buffer.AsSpan(0, to).IndexOf("\r\n\r\n"u8)) < 0) await Fill(cancellation);
        if (!buffer.AsSpan(9, 3).SequenceEqual("200"u8)) throw new IOException(System.Text.Encoding.UTF8.GetString(buffer, 0, to));
        from = end + 4;
    }

    /// <summary>Bytes of the body, once it is over.</summary>
    public async Task<long> Count(CancellationToken cancellation)
    {
        long bytes = 0;
        while (true)
        {
            int line;
            while ((line = buffer.AsSpan(from, to - from).IndexOf("\r\n"u8)) < 0) await Fill(cancellation);
            if (!Utf8Parser.TryParse(buffer.AsSpan(from, line), out int size, out _, 'x')) throw new IOException("Bad chunk.");
            from += line + 2;
            for (var left = size + 2; left > 0;)
            {
                if (from == to) await Fill(cancellation);
                var taken = Math.Min(left, to - from);
                (from, left) = (from + taken, left - taken);
            }
            bytes += size;
            if (size == 0) return bytes;
        }
    }

    public void Dispose() => socket.Dispose();

    private async ValueTask Fill(CancellationToken cancellation)
    {
        if (from == to) (from, to) = (0, 0);
        if (to == buffer.Length)
        {
            buffer.AsSpan(from, to - from).CopyTo(buffer);
            (from, to) = (0, to - from);
        }
        var read = await socket.ReceiveAsync(buffer.AsMemory(to), SocketFlags.None, cancellation);
        if (read == 0) throw new IOException("The server closed the connection.");
        to += read;
    }
}
