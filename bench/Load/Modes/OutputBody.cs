using System.Buffers.Binary;
using System.Text;

namespace OpenClaw.Load.Modes;

/// <summary>
/// Requests that append 15 chunks of 64 KiB in the binary form: random bytes and text in turns. Made once, renumbered in place.
/// </summary>
internal sealed class OutputBody
{
    public const int Bytes = Chunks * ChunkSize;
    private const int Chunks = 15;
    private const int ChunkSize = 64 * 1024;
    private const int HeadSize = 21;
    private readonly byte[] request;
    private readonly int bodyStart;
    private long sequence;

    public OutputBody(Uri server, string token, string session, string attempt)
    {
        var head = Encoding.ASCII.GetBytes(
            $"POST /worker/attempts/{attempt}/output HTTP/1.1\r\nHost: {server.Authority}\r\n"
            + $"Authorization: Bearer {token}\r\nX-Session: {session}\r\n"
            + $"Content-Type: application/octet-stream\r\nContent-Length: {Chunks * (HeadSize + ChunkSize)}\r\n\r\n");
        bodyStart = head.Length;
        request = new byte[head.Length + (Chunks * (HeadSize + ChunkSize))];
        head.CopyTo(request, 0);
        var lines = Enumerable.Range(0, 1200)
            .Select(i => $"{i * 7919 % 10007}: compiling module {i % 37} of the program, warning CS{i * 31 % 9000}\n");
        var text = Encoding.ASCII.GetBytes(string.Concat(lines));
        for (var i = 0; i < Chunks; i++)
        {
            var data = request.AsSpan(At(i) + HeadSize, ChunkSize);
            if (i % 2 == 0) new Random(i).NextBytes(data);
            else Fill(data, text);
        }
    }

    private static void Fill(Span<byte> data, ReadOnlySpan<byte> text)
    {
        for (var at = 0; at < data.Length; at += text.Length) text[..Math.Min(text.Length, data.Length - at)].CopyTo(data[at..]);
    }

    /// <summary>The next request; valid until the one after it.</summary>
    public ReadOnlyMemory<byte> Next()
    {
        for (var i = 0; i < Chunks; i++, sequence++)
        {
            var head = request.AsSpan(At(i), HeadSize);
            head[0] = 1;
            BinaryPrimitives.WriteInt64BigEndian(head[1..], sequence);
            BinaryPrimitives.WriteInt64BigEndian(head[9..], sequence * ChunkSize);
            BinaryPrimitives.WriteInt32BigEndian(head[17..], ChunkSize);
        }
        return request;
    }

    private int At(int chunk) => bodyStart + (chunk * (HeadSize + ChunkSize));
}
