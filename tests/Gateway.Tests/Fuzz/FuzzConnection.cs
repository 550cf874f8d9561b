using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace OpenClaw.Gateway.Tests.Fuzz;

/// <summary>An answer: the head as text, and the body as far as it was waited for.</summary>
internal sealed record FuzzAnswer(int Status, string Head, byte[] Body)
{
    public string? FindHeader(string name) => Head.Split("\r\n").Skip(1)
        .FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim();
}

/// <summary>Sends bytes and reads what comes, on one connection until that is closed.</summary>
internal sealed class FuzzConnection(Uri address) : IDisposable
{
    /// <summary>Longer than this nothing takes that is asked for here: what does hangs.</summary>
    private const int LongestAnswer = 60_000;

    /// <summary>What is followed may have nothing to say yet.</summary>
    private const int LongestWait = 2_000;

    private readonly List<byte> received = [];
    private readonly byte[] buffer = new byte[64 * 1024];
    private TcpClient? tcp;

    /// <summary>The answer to a request; null: the connection was closed without one.</summary>
    public FuzzAnswer? Exchange(FuzzRequest request)
    {
        if (tcp is null) Connect();
        received.Clear();
        try
        {
            tcp!.ReceiveTimeout = request.MayWait ? LongestWait : LongestAnswer;
            tcp.GetStream().Write(request.Bytes);
        }
        catch (IOException)
        {
            // The server need not read all of what it refuses.
        }
        var answer = ReadAnswer(request);
        var ends = answer is null || !request.IsFramed || answer.FindHeader("Connection") == "close" || IsStreamed(request, answer);
        if (ends) Dispose();
        return answer;
    }

    public void Dispose()
    {
        tcp?.Dispose();
        tcp = null;
    }

    private void Connect()
    {
        tcp = new TcpClient { NoDelay = true };
        tcp.Connect(address.Host, address.Port);
    }

    private FuzzAnswer? ReadAnswer(FuzzRequest request)
    {
        while (true)
        {
            int end;
            while ((end = FindEndOfHead()) < 0)
            {
                if (ReadMore()) continue;
                return received.Count == 0 ? null : throw new InvalidDataException("half an answer: " + ReadText(received.Count));
            }
            var head = ReadText(end);
            received.RemoveRange(0, end + 4);
            var answer = new FuzzAnswer(int.Parse(head.AsSpan(9, 3), CultureInfo.InvariantCulture), head, []);
            if (answer.Status >= 200) return ReadBody(request, answer);
        }
    }

    private FuzzAnswer ReadBody(FuzzRequest request, FuzzAnswer answer)
    {
        if (request.Method == "HEAD" || answer.Status is 204 or 304 || IsStreamed(request, answer)) return answer;
        if (answer.FindHeader("Content-Length") is { } length)
        {
            var bytes = int.Parse(length, CultureInfo.InvariantCulture);
            while (received.Count < bytes)
                if (!ReadMore()) throw new InvalidDataException("a body cut short: " + answer.Head);
            return answer with { Body = [.. received[..bytes]] };
        }
        while (!EndsWithLastChunk() && ReadMore())
        {
        }
        return answer with { Body = [.. received] };
    }

    private static bool IsStreamed(FuzzRequest request, FuzzAnswer answer) =>
        request.Operation.IsStream && answer.Status == 200 && answer.FindHeader("Content-Length") is null;

    private bool ReadMore()
    {
        int read;
        try
        {
            read = tcp!.GetStream().Read(buffer);
        }
        catch (IOException error) when (error.InnerException is SocketException socket)
        {
            return socket.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock ? throw new TimeoutException() : false;
        }
        received.AddRange(buffer.AsSpan(0, read));
        return read > 0;
    }

    private int FindEndOfHead() => CollectionsMarshal.AsSpan(received).IndexOf("\r\n\r\n"u8);

    private bool EndsWithLastChunk() => CollectionsMarshal.AsSpan(received).EndsWith("0\r\n\r\n"u8);

    private string ReadText(int length) => Encoding.UTF8.GetString([.. received[..length]]);
}
