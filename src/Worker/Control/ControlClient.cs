using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using OpenClaw.Worker.Processes;

namespace OpenClaw.Worker.Control;

/// <summary>How a command ended: <see cref="NoDaemon"/>, or an <see cref="Error"/> of the daemon's, or done.</summary>
internal readonly record struct ControlOutcome(bool NoDaemon, string? Error)
{
    public bool Done => !NoDaemon && Error is null;
}

/// <summary>Asks the daemon of a home folder. Nothing here throws for a daemon that is not there.</summary>
internal static class ControlClient
{
    private static string? OwnTask => Environment.GetEnvironmentVariable(ProcessMarker.TaskVariable);

    /// <summary>Sends the command and gives every line of the answer to <paramref name="line"/> as it comes.</summary>
    public static async Task<ControlOutcome> SendCommand(
        string home, string command, JsonElement? arguments, Action<JsonElement> line, CancellationToken cancellation = default) =>
        await TrySend(home, new ControlRequest(command, arguments) { Task = OwnTask }, line, cancellation)
            ?? ExplainNotReached(home, command);

    /// <summary>How the daemon is; null when none answers, for whatever reason. Looks at the socket and nothing else.</summary>
    public static async Task<WorkerStatus?> FindStatus(string home, CancellationToken cancellation)
    {
        WorkerStatus? status = null;
        void Read(JsonElement line) => status ??= line.Deserialize(ControlJson.Default.WorkerStatus);
        await TrySend(home, new ControlRequest(StatusCommand.Name), Read, cancellation);
        return status;
    }

    /// <summary>Null when nobody listens on the socket.</summary>
    private static async Task<ControlOutcome?> TrySend(
        string home, ControlRequest request, Action<JsonElement> line, CancellationToken cancellation)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            var end = new UnixDomainSocketEndPoint(Path.Combine(home, ControlServer.FileName));
            await socket.ConnectAsync(end, cancellation);
        }
        catch (Exception error) when (error is SocketException or ArgumentException)
        {
            return null;
        }
        try
        {
            return await ExchangeLines(socket, request, line, cancellation);
        }
        catch (Exception error) when (error is IOException or SocketException or JsonException)
        {
            return new ControlOutcome(false, "the daemon has hung up");
        }
    }

    /// <summary>A command whose answer is one line.</summary>
    public static async Task<(ControlOutcome Outcome, T? Value)> SendCommand<T>(
        string home, string command, JsonElement? arguments, JsonTypeInfo<T> type, CancellationToken cancellation = default)
        where T : class
    {
        T? value = null;
        var outcome =
            await SendCommand(home, command, arguments, line => value ??= line.Deserialize(type), cancellation);
        return (outcome, value);
    }

    /// <summary>Says that no daemon runs only when the home could be read and nobody holds its lock.</summary>
    private static ControlOutcome ExplainNotReached(string home, string command)
    {
        if (ClosedHome.Explain(home, command) is { } closed) return new ControlOutcome(false, closed);
        return HomeLock.IsHeld(home)
            ? new ControlOutcome(false, $"a daemon holds {home} and can't be asked: it has just begun, or could not open "
                + $"{Path.Combine(home, ControlServer.FileName)}; {Path.Combine(home, "logs", "worker.log")} says why")
            : new ControlOutcome(NoDaemon: true, null);
    }

    private static async Task<ControlOutcome> ExchangeLines(
        Socket socket, ControlRequest request, Action<JsonElement> onLine, CancellationToken cancellation)
    {
        await using var stream = new NetworkStream(socket);
        var ask = JsonSerializer.SerializeToUtf8Bytes(request, ControlJson.Default.ControlRequest);
        await stream.WriteAsync((byte[])[.. ask, (byte)'\n'], cancellation);
        using var reader = new StreamReader(stream);
        while (await reader.ReadLineAsync(cancellation) is { } text)
        {
            var line = ParseLine(text);
            if (!line.TryGetProperty(ControlEnd.Mark, out _))
                onLine(line);
            else if (line.Deserialize(ControlJson.Default.ControlEnd) is { } end)
                return new ControlOutcome(false, end.Ok ? null : end.Error ?? "the daemon says no");
        }
        return new ControlOutcome(false, "the daemon has hung up");
    }

    private static JsonElement ParseLine(string line)
    {
        using var document = JsonDocument.Parse(line);
        return document.RootElement.Clone();
    }
}
