using System.Net.Sockets;
using System.Text.Json;
using OpenClaw.Worker.Control.Callers;

namespace OpenClaw.Worker.Control;

/// <summary>
/// The daemon's control socket: a Unix socket in its home (0600, in a folder of 0700), one JSON line in, JSON lines out, then it closes.
/// Whoever holds the home's lock is the only daemon, so a socket that is there already is stale.
/// </summary>
internal sealed class ControlServer : IAsyncDisposable
{
    public const string FileName = "control.sock";
    public const int LongestLine = 64 * 1024;
    private const int MostClients = 16;
    private static readonly TimeSpan LineLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);
    private readonly CancellationTokenSource ending = new();
    private readonly SemaphoreSlim places = new(MostClients);
    private readonly HashSet<Task> clients = [];
    private readonly Socket listener;
    private readonly string path;
    private readonly ControlCommands commands;
    private readonly OwnerGuard owner;
    private readonly TimeProvider clock;
    private readonly WorkerLog log;
    private readonly Task accepting;

    private ControlServer(Socket listener, string path, ControlCommands commands, OwnerGuard owner, TimeProvider clock, WorkerLog log)
    {
        (this.listener, this.path, this.commands, this.owner, this.clock, this.log) = (listener, path, commands, owner, clock, log);
        accepting = AcceptClients();
    }

    /// <summary>Null when it can't be opened (which is logged): the daemon works without it.</summary>
    public static ControlServer? Open(string home, ControlCommands commands, OwnerGuard owner, TimeProvider clock, WorkerLog log)
    {
        var path = Path.Combine(home, FileName);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            File.Delete(path);
            socket.Bind(new UnixDomainSocketEndPoint(path));
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            socket.Listen(MostClients);
            return new ControlServer(socket, path, commands, owner, clock, log);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or SocketException or ArgumentException)
        {
            socket.Dispose();
            log.NoControl(path, error);
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        listener.Dispose();
        await accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Task[] open;
        lock (clients)
            open = [.. clients];
        await Task.WhenAny(Task.WhenAll(open), Task.Delay(LastWords, clock));
        await ending.CancelAsync();
        await Task.WhenAll(open).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!OperatingSystem.IsWindows() || File.Exists(path)) File.Delete(path);
        ending.Dispose();
        places.Dispose();
    }

    private async Task AcceptClients()
    {
        while (true)
        {
            await places.WaitAsync();
            Socket client;
            try
            {
                client = await listener.AcceptAsync();
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                return;
            }
            var task = ServeClient(client);
            lock (clients)
                clients.Add(task);
            _ = task.ContinueWith(RemoveClient, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }
    }

    private void RemoveClient(Task task)
    {
        lock (clients)
            clients.Remove(task);
        places.Release();
    }

    private async Task ServeClient(Socket client)
    {
        await Task.Yield();
        using (client)
        await using (var stream = new NetworkStream(client))
        {
            try
            {
                if (PeerUser.IsAllowed(client))
                    await AnswerRequest(client, stream, new ControlAnswer(stream));
                else
                    log.ControlRefused(PeerUser.GetUser(client));
            }
            catch (Exception error) when (error is IOException or OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // The client has gone, or the daemon goes.
            }
            catch (Exception error)
            {
                log.Fault("a control command", error);
            }
        }
    }

    private async Task AnswerRequest(Socket client, NetworkStream stream, ControlAnswer answer)
    {
        var error = await ReadRequest(stream) is not { Command.Length: > 0 } request
            ? $"one line of JSON is expected, at most {LongestLine} bytes"
            : commands.Find(request.Command) is not var (command, isOrder)
                ? "this daemon knows no such command; is it older than the program that asks?"
                : isOrder(request.Arguments ?? default) && owner.ExplainRejection(client, request.Command, request.Task) is { } rejection
                    ? rejection
                    : await RunCommand(command, request.Arguments ?? default, stream, answer);
        await answer.WriteLine(new ControlEnd(error is null, error), ControlJson.Default.ControlEnd, ending.Token);
    }

    private async Task<string?> RunCommand(ControlCommand command, JsonElement arguments, NetworkStream stream, ControlAnswer answer)
    {
        using var clientGone = CancellationTokenSource.CreateLinkedTokenSource(ending.Token);
        var hungUp = WaitForHangUp(stream, clientGone);
        try
        {
            return await command(arguments, answer, clientGone.Token);
        }
        finally
        {
            await clientGone.CancelAsync();
            await hungUp;
        }
    }

    private static async Task WaitForHangUp(NetworkStream stream, CancellationTokenSource clientGone)
    {
        var nothing = new byte[256];
        try
        {
            while (await stream.ReadAsync(nothing, clientGone.Token) > 0)
            {
                // A client has nothing more to say.
            }
            await clientGone.CancelAsync();
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException)
        {
            await clientGone.CancelAsync();
        }
    }

    private async Task<ControlRequest?> ReadRequest(NetworkStream stream)
    {
        using var late = new CancellationTokenSource(LineLimit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ending.Token, late.Token);
        var (line, length) = (new byte[LongestLine], 0);
        while (line.AsSpan(0, length).IndexOf((byte)'\n') < 0)
        {
            if (length == line.Length
                || await stream.ReadAsync(line.AsMemory(length), either.Token) is not (> 0 and var read))
                return null;
            length += read;
        }
        try
        {
            return JsonSerializer.Deserialize(line.AsSpan(0, line.AsSpan(0, length).IndexOf((byte)'\n')),
                ControlJson.Default.ControlRequest);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
