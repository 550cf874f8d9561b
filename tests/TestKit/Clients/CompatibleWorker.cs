using System.Globalization;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.TestKit.Clients;

/// <summary>
/// Speaks the compatible protocol, written from wire-compat.md: polls, runs shell commands, posts the result.
/// Unlike the Node worker it repeats a result until it is answered, so that a test may kill the server.
/// </summary>
public sealed class CompatibleWorker : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private readonly Func<Api> connect;
    private readonly CancellationTokenSource stop = new();
    private readonly CancellationTokenSource noMoreTasks = new();
    private readonly Task loop;

    /// <param name="connect">The server as it is now; asked again after each failure.</param>
    public CompatibleWorker(Func<Api> connect)
    {
        this.connect = connect;
        loop = Run();
    }

    /// <summary>A result the server has answered with 200: task and exit code.</summary>
    public Action<string, int> Acknowledged { get; init; } = (_, _) => { };

    /// <summary>Takes no new task; returns once the results are delivered.</summary>
    public async Task Finish()
    {
        await noMoreTasks.CancelAsync();
        await loop;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await noMoreTasks.CancelAsync();
        await loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
        noMoreTasks.Dispose();
    }

    private async Task Run()
    {
        while (!noMoreTasks.IsCancellationRequested)
        {
            if (await Poll() is { } task) await Work(task);
        }
    }

    private async Task<JsonNode?> Poll()
    {
        try
        {
            var reply = await this.connect().Get("/worker/poll?wait=5000", noMoreTasks.Token);
            if (reply.IsSuccess) return reply.Json;
        }
        catch (Exception away) when (away is HttpRequestException or IOException or SocketException)
        {
            // The server is away; ask again.
        }
        catch (OperationCanceledException) when (noMoreTasks.IsCancellationRequested)
        {
            return null;
        }
        await Task.Delay(Pause, TimeProvider.System, stop.Token);
        return null;
    }

    private async Task Work(JsonNode task)
    {
        var id = task["id"]!.GetValue<string>();
        var ran = task["type"] is null
            ? await Command.Shell(task["command"]!.GetValue<string>(), ("WITNESS_TASK", id))
            : new Ran(-1, "", $"no {task["type"]} here");
        var result = new JsonObject
        {
            ["taskId"] = id,
            ["stdout"] = ran.Output,
            ["stderr"] = ran.Errors,
            ["exitCode"] = ran.ExitCode,
            ["error"] = ran.ExitCode == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"Exit code {ran.ExitCode}"),
            ["duration"] = 1,
        };
        while (!await Deliver(result)) await Task.Delay(Pause, TimeProvider.System, stop.Token);
        Acknowledged(id, ran.ExitCode);
    }

    private async Task<bool> Deliver(JsonNode result)
    {
        try
        {
            return (await this.connect().Post("/worker/result", result, cancellation: stop.Token)).IsTaken;
        }
        catch (Exception away) when (away is HttpRequestException or IOException or SocketException)
        {
            return false;
        }
    }
}
