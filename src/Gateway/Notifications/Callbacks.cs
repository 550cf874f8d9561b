using System.Text.Json;
using System.Threading.Channels;
using OpenClaw.Gateway.Attempts;
using OpenClaw.Gateway.Output;
using OpenClaw.GrainInterfaces.Output;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Payloads;

namespace OpenClaw.Gateway.Notifications;

/// <summary>
/// Posts the answer of a turn to the chat channel its submit named, after the result was recorded and beside everything else. For
/// workers of the session protocol only: the original's worker posts by itself.
/// </summary>
internal sealed class Callbacks(IGrainFactory grains, IOutputLog output, ChatPoster poster, ILogger<Callbacks> log)
    : BackgroundService, ITurnListener
{
    private const int MostWaiting = 1_000;
    private const int AtOnce = 4;

    private readonly Channel<Callback> waiting = Channel.CreateBounded<Callback>(MostWaiting);

    public void OnTurnEnded(Guid task, TaskSpec turn, Holder by, TaskState state)
    {
        if (!by.Heartbeats || !state.IsEnd()) return;
        if (FindCallback(task, turn) is { } callback && !waiting.Writer.TryWrite(callback)) log.CallbackDropped(task);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => PostUntilStopped(stoppingToken)));

    private async Task PostUntilStopped(CancellationToken stopping)
    {
        await foreach (var callback in waiting.Reader.ReadAllAsync(stopping))
        {
            try
            {
                if (await LoadText(callback.Task, stopping) is not { } text) continue;
                var rejection = await poster.PostMessage(callback.Channel, text, callback.BotToken, stopping);
                if (rejection is not null) log.CallbackRefused(callback.Task, rejection);
            }
            catch (Exception error) when (error is not OperationCanceledException || !stopping.IsCancellationRequested)
            {
                log.CallbackFailed(callback.Task, error);
            }
        }
    }

    private async Task<string?> LoadText(Guid id, CancellationToken cancellation)
    {
        if (await grains.GetTaskGrain(id).Get() is not { } task) return null;
        (long, long)? totals = task.Outcome is { } outcome ? (outcome.StdoutBytes, outcome.StderrBytes) : null;
        return AnswerText.FormatTurn(task, await OutputText.ReadStreams(output, id, task.Attempt, totals, cancellation));
    }

    private static Callback? FindCallback(Guid task, TaskSpec turn)
    {
        // A payload that retention has dropped: of a turn that ended long ago nobody is told.
        if (Agents.FindByKind(turn.Kind) is null || turn.Payload.Length == 0) return null;
        var payload = JsonSerializer.Deserialize(turn.Payload, ProtocolJson.Lenient.AgentPayload);
        return payload?.CallbackChannel is { } channel ? new(task, channel, payload.CallbackBotToken) : null;
    }

    private sealed record Callback(Guid Task, string Channel, string? BotToken);
}
