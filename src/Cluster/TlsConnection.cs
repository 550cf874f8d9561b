using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Connections;

namespace OpenClaw.Cluster;

/// <summary>Puts TLS between a connection and Orleans: who fails the handshake never gets to Orleans' protocol.</summary>
internal sealed class TlsConnection : IDuplexPipe
{
    private static readonly TimeSpan HandshakeLimit = TimeSpan.FromSeconds(5);
    private static readonly StreamPipeReaderOptions Reading = new(bufferSize: 16 * 1024, leaveOpen: true);
    private static readonly StreamPipeWriterOptions Writing = new(minimumBufferSize: 16 * 1024, leaveOpen: true);

    private TlsConnection(SslStream stream) => (Input, Output) = (PipeReader.Create(stream, Reading), PipeWriter.Create(stream, Writing));

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    public static async Task RunSecured(
        ConnectionContext connection, Func<SslStream, CancellationToken, Task> handshake, ConnectionDelegate next)
    {
        var plain = connection.Transport;
        await using var stream = new SslStream(new DuplexStream(plain));
        await CompleteHandshake(stream, handshake, connection.ConnectionClosed);
        var secure = new TlsConnection(stream);
        connection.Transport = secure;
        try
        {
            await next(connection);
        }
        finally
        {
            await secure.Input.CompleteAsync();
            await secure.Output.CompleteAsync();
            connection.Transport = plain;
        }
    }

    private static async Task CompleteHandshake(
        SslStream stream, Func<SslStream, CancellationToken, Task> handshake, CancellationToken closed)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(closed);
        limit.CancelAfter(HandshakeLimit);
        try
        {
            await handshake(stream, limit.Token);
        }
        catch (OperationCanceledException) when (!closed.IsCancellationRequested)
        {
            throw new AuthenticationException($"The peer did not finish the TLS handshake within {HandshakeLimit.TotalSeconds:0} s.");
        }
    }
}
