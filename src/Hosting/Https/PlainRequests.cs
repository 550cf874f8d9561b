using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace OpenClaw.Hosting.Https;

/// <summary>
/// A request in plain HTTP at the port of HTTPS gets an answer that says so, not a connection that breaks. No redirect: the token that
/// came with it has been readable on the way already.
/// </summary>
internal static class PlainRequests
{
    /// <summary>As long as the handshake that should come may take.</summary>
    private static readonly TimeSpan FirstByte = TimeSpan.FromSeconds(10);

    private const string Sentence =
        "This port speaks HTTPS, and the request came as plain HTTP: use https://. What was sent could be read on the way.";

    private static readonly byte[] Answer = FormatAnswer();

    public static ConnectionDelegate AnswerBefore(ConnectionDelegate handshake, TimeProvider clock) => async connection =>
    {
        var stopping = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;
        try
        {
            if (await IsPlainRequest(connection, clock, stopping))
            {
                connection.Transport.Output.Write(Answer);
                await connection.Transport.Output.FlushAsync(stopping);
                return;
            }
        }
        catch (Exception end) when (end is IOException or OperationCanceledException)
        {
            // It has gone, or the server stops: nothing was said yet.
            return;
        }
        await handshake(connection);
    };

    /// <summary>Methods are letters; a handshake begins with 22.</summary>
    internal static bool IsPlain(byte first) => first is >= (byte)'A' and <= (byte)'Z';

    /// <summary>Looks at the first byte and leaves it there. A client that sends none is let go.</summary>
    private static async ValueTask<bool> IsPlainRequest(ConnectionContext connection, TimeProvider clock, CancellationToken stopping)
    {
        using var timeout = new CancellationTokenSource(FirstByte, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stopping);
        var read = await connection.Transport.Input.ReadAsync(either.Token);
        var isPlain = read.Buffer.Length > 0 && IsPlain(read.Buffer.FirstSpan[0]);
        connection.Transport.Input.AdvanceTo(isPlain ? read.Buffer.End : read.Buffer.Start);
        return isPlain;
    }

    private static byte[] FormatAnswer()
    {
        var body = """{"type":"urn:openclaw:invalid-request","title":"Invalid request","status":400,"""
            + $"\"detail\":\"{Sentence}\",\"error\":\"{Sentence}\"}}";
        return Encoding.ASCII.GetBytes("HTTP/1.1 400 Bad Request\r\nContent-Type: application/problem+json\r\nCache-Control: no-store\r\n"
            + $"Connection: close\r\nContent-Length: {body.Length}\r\n\r\n{body}");
    }
}
