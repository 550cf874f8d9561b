using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace OpenClaw.Worker.Control;

/// <summary>How a command ended: <see cref="NoDaemon"/>, or an <see cref="Error"/> of the daemon's, or done.</summary>
internal readonly record struct ControlOutcome(bool NoDaemon, string? Error)
{
    public bool Done => !NoDaemon && Error is null;
}

/// <summary>Asks the daemon of a home folder. Nothing here throws for a daemon that is not there.</summary>
internal static class ControlClient
{
    /// <summary>Sends the command and gives every line of the answer to <paramref name="line"/> as it comes.</summary>
    public static async Task<ControlOutcome> Ask(
        string home, string command, JsonElement? arguments, Action<JsonElement> line, CancellationToken cancellation = default)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            var end = new UnixDomainSocketEndPoint(Path.Combine(home, ControlServer.FileName));
            await socket.ConnectAsync(end, cancellation).ConfigureAwait(false);
        }
        catch (Exception error) when (error is SocketException or ArgumentException)
        {
            return new ControlOutcome(NoDaemon: true, null);
        }
        try
        {
            return await Talk(socket, new ControlRequest(command, arguments), line, cancellation).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or SocketException or JsonException)
        {
            return new ControlOutcome(false, "the daemon has hung up");
        }
    }

    /// <summary>A command whose answer is one line.</summary>
    public static async Task<(ControlOutcome Outcome, T? Value)> Ask<T>(
        string home, string command, JsonElement? arguments, JsonTypeInfo<T> type, CancellationToken cancellation = default)
        where T : class
    {
        T? value = null;
        var outcome = await Ask(home, command, arguments, line => value ??= line.Deserialize(type), cancellation).ConfigureAwait(false);
        return (outcome, value);
    }

    private static async Task<ControlOutcome> Talk(
        Socket socket, ControlRequest request, Action<JsonElement> line, CancellationToken cancellation)
    {
        await using var stream = new NetworkStream(socket);
        var ask = JsonSerializer.SerializeToUtf8Bytes(request, ControlJson.Default.ControlRequest);
        await stream.WriteAsync((byte[])[.. ask, (byte)'\n'], cancellation).ConfigureAwait(false);
        using var reader = new StreamReader(stream);
        while (await reader.ReadLineAsync(cancellation).ConfigureAwait(false) is { } text)
        {
            var said = Parsed(text);
            if (!said.TryGetProperty(ControlEnd.Mark, out _))
                line(said);
            else if (said.Deserialize(ControlJson.Default.ControlEnd) is { } end)
                return new ControlOutcome(false, end.Ok ? null : end.Error ?? "the daemon says no");
        }
        return new ControlOutcome(false, "the daemon has hung up");
    }

    private static JsonElement Parsed(string line)
    {
        using var document = JsonDocument.Parse(line);
        return document.RootElement.Clone();
    }
}
