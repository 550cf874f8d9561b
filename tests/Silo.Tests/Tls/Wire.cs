using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Connections;

namespace OpenClaw.Silo.Tests.Tls;

/// <summary>A connection over real sockets with a middleware at each end, as Orleans builds them; the accepting end echoes.</summary>
internal static class Wire
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>What came back; an exception of either end when nothing could.</summary>
    public static async Task<string> Echo(Action<IConnectionBuilder>? accepting, Action<IConnectionBuilder>? connecting, string text)
    {
        var answer = "";
        await Join(accepting, client => Run(client, connecting, async connection => answer = await Ask(connection.Transport, text)));
        return answer;
    }

    /// <summary>An echo behind <paramref name="accepting"/>, and a client that does what it likes.</summary>
    public static async Task Join(Action<IConnectionBuilder>? accepting, Func<TcpClient, Task> behave)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        using var server = await listener.AcceptTcpClientAsync();
        // One end that fails closes the connection: the other one sees that.
        var ends = Task.WhenAll(Run(server, accepting, async connection => await Copy(connection.Transport)), behave(client));
        await ends.WaitAsync(Limit);
    }

    private static async Task Run(TcpClient socket, Action<IConnectionBuilder>? middleware, ConnectionDelegate orleans)
    {
        var stream = socket.GetStream();
        var builder = new Builder();
        middleware?.Invoke(builder);
        await using var connection = new DefaultConnectionContext("test", new Pipes(stream), new Pipes(stream));
        try
        {
            await builder.Use(_ => orleans).Build()(connection);
        }
        finally
        {
            socket.Close();
        }
    }

    private static async Task Copy(IDuplexPipe pipe)
    {
        while (await pipe.Input.ReadAsync() is var read && !read.IsCompleted)
        {
            foreach (var part in read.Buffer) await pipe.Output.WriteAsync(part);
            pipe.Input.AdvanceTo(read.Buffer.End);
        }
    }

    private static async Task<string> Ask(IDuplexPipe pipe, string text)
    {
        var sent = Encoding.UTF8.GetBytes(text);
        var writing = pipe.Output.WriteAsync(sent);
        var read = await pipe.Input.ReadAtLeastAsync(sent.Length);
        await writing;
        return Encoding.UTF8.GetString(read.Buffer);
    }

    private sealed class Pipes(Stream stream) : IDuplexPipe
    {
        public PipeReader Input { get; } = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));
        public PipeWriter Output { get; } = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));
    }

    private sealed class Builder : IConnectionBuilder
    {
        private readonly List<Func<ConnectionDelegate, ConnectionDelegate>> parts = [];

        public IServiceProvider ApplicationServices => throw new NotSupportedException();

        public IConnectionBuilder Use(Func<ConnectionDelegate, ConnectionDelegate> middleware)
        {
            parts.Add(middleware);
            return this;
        }

        public ConnectionDelegate Build()
        {
            ConnectionDelegate built = _ => Task.CompletedTask;
            for (var i = parts.Count - 1; i >= 0; i--) built = parts[i](built);
            return built;
        }
    }
}
