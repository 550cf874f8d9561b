using System.Buffers.Text;
using System.Net.Security;
using System.Net.Sockets;

namespace OpenClaw.Load.Wire;

/// <summary>
/// One keep-alive HTTP/1.1 connection that costs next to nothing: requests come ready made, of an answer only status
/// and body are read. The body is valid until the next request.
/// </summary>
internal sealed class HttpConnection(Uri server) : IDisposable
{
    private readonly Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private SslStream? tls;
    private byte[] buffer = new byte[4096];
    private int filled;

    /// <summary>Connects; of an <c>https</c> server any certificate will do: what is measured is the server, and it is ours.</summary>
    public async ValueTask Connect(CancellationToken cancellation)
    {
        await socket.ConnectAsync(server.Host, server.Port, cancellation);
        if (server.Scheme != Uri.UriSchemeHttps) return;
        tls = new SslStream(new NetworkStream(socket));
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = server.Host, ApplicationProtocols = [SslApplicationProtocol.Http11],
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
        };
        await tls.AuthenticateAsClientAsync(options, cancellation);
    }

    public async ValueTask<Answer> Send(ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        if (tls is not null) await tls.WriteAsync(request, cancellation);
        while (tls is null && request.Length > 0)
        {
            var sent = await socket.SendAsync(request, SocketFlags.None, cancellation);
            request = request[sent..];
        }
        filled = 0;
        int headEnd;
        while ((headEnd = Head().IndexOf("\r\n\r\n"u8)) < 0) await Fill(cancellation);
        var status = Status(headEnd);
        var bodyStart = headEnd + 4;
        if (ContentLength(headEnd) is { } length)
        {
            while (filled < bodyStart + length) await Fill(cancellation);
            return new Answer(status, buffer.AsMemory(bodyStart, length));
        }
        return new Answer(status, await Chunked(bodyStart, cancellation));
    }

    public void Dispose()
    {
        socket.Dispose();
        tls?.Dispose();
    }

    private ReadOnlySpan<byte> Head() => buffer.AsSpan(0, filled);

    private async ValueTask Fill(CancellationToken cancellation)
    {
        if (filled == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
        var free = buffer.AsMemory(filled);
        var read = tls is null ? await socket.ReceiveAsync(free, SocketFlags.None, cancellation) : await tls.ReadAsync(free, cancellation);
        if (read == 0) throw new IOException("The server closed the connection.");
        filled += read;
    }

    private int Status(int headEnd) =>
        headEnd >= 12 && Utf8Parser.TryParse(buffer.AsSpan(9, 3), out int status, out _)
            ? status
            : throw new IOException("That is no HTTP answer.");

    private int? ContentLength(int headEnd)
    {
        var head = buffer.AsSpan(0, headEnd);
        var at = head.IndexOf("Content-Length: "u8);
        return at >= 0 && Utf8Parser.TryParse(head[(at + 16)..], out int length, out _) ? length : null;
    }

    private async ValueTask<ReadOnlyMemory<byte>> Chunked(int start, CancellationToken cancellation)
    {
        var write = start;
        var read = start;
        while (true)
        {
            int lineEnd;
            while ((lineEnd = buffer.AsSpan(read, filled - read).IndexOf("\r\n"u8)) < 0) await Fill(cancellation);
            if (!Utf8Parser.TryParse(buffer.AsSpan(read, lineEnd), out int size, out _, 'x')) throw new IOException("Bad chunk.");
            read += lineEnd + 2;
            while (filled < read + size + 2) await Fill(cancellation);
            buffer.AsSpan(read, size).CopyTo(buffer.AsSpan(write));
            write += size;
            read += size + 2;
            if (size == 0) return buffer.AsMemory(start, write - start);
        }
    }
}

internal readonly record struct Answer(int Status, ReadOnlyMemory<byte> Body)
{
    /// <summary>A poll of the compatible protocol that brought no task; before it are blanks when it was held for long.</summary>
    public bool IsNull => Status == 200 && Body.Span.TrimStart((byte)' ').SequenceEqual("null"u8);

    /// <summary>
    /// The same answer when it is 200 and says what its route says; a load run that meets errors, or a proxy's page, measures nothing.
    /// </summary>
    public Answer Ok(ReadOnlySpan<byte> says) => Status == 200 && Body.Span.IndexOf(says) >= 0
        ? this
        : throw new IOException($"Status {Status}: {System.Text.Encoding.UTF8.GetString(Body.Span)}");
}
