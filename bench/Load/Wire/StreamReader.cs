using System.Buffers.Text;
using System.Net.Sockets;

namespace OpenClaw.Load.Wire;

/// <summary>Reads a chunked answer as it comes and counts its bytes.</summary>
internal sealed class StreamReader(Uri server) : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[256 * 1024];
    private int _from;
    private int _to;

    /// <summary>Sends the request and reads the head of the answer.</summary>
    public async Task Open(ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        await _socket.ConnectAsync(server.Host, server.Port, cancellation);
        await _socket.SendAsync(request, cancellation);
        int end;
        while ((end = _buffer.AsSpan(0, _to).IndexOf("\r\n\r\n"u8)) < 0) await Fill(cancellation);
        if (!_buffer.AsSpan(9, 3).SequenceEqual("200"u8)) throw new IOException(System.Text.Encoding.UTF8.GetString(_buffer, 0, _to));
        _from = end + 4;
    }

    /// <summary>Bytes of the body, once it is over.</summary>
    public async Task<long> Count(CancellationToken cancellation)
    {
        long bytes = 0;
        while (true)
        {
            int line;
            while ((line = _buffer.AsSpan(_from, _to - _from).IndexOf("\r\n"u8)) < 0) await Fill(cancellation);
            if (!Utf8Parser.TryParse(_buffer.AsSpan(_from, line), out int size, out _, 'x')) throw new IOException("Bad chunk.");
            _from += line + 2;
            for (var left = size + 2; left > 0;)
            {
                if (_from == _to) await Fill(cancellation);
                var taken = Math.Min(left, _to - _from);
                (_from, left) = (_from + taken, left - taken);
            }
            bytes += size;
            if (size == 0) return bytes;
        }
    }

    public void Dispose() => _socket.Dispose();

    private async ValueTask Fill(CancellationToken cancellation)
    {
        if (_from == _to) (_from, _to) = (0, 0);
        if (_to == _buffer.Length)
        {
            _buffer.AsSpan(_from, _to - _from).CopyTo(_buffer);
            (_from, _to) = (0, _to - _from);
        }
        var read = await _socket.ReceiveAsync(_buffer.AsMemory(_to), SocketFlags.None, cancellation);
        if (read == 0) throw new IOException("The server closed the connection.");
        _to += read;
    }
}
