using System.Text.Json;
using OpenClaw.Worker.Audit;
using OpenClaw.Worker.Polling;

namespace OpenClaw.Worker.Control;

/// <summary>Arguments of <c>pause</c>: for so many seconds; without: until it is resumed.</summary>
internal sealed record PauseArguments(long? Seconds = null);

/// <summary>How it is now: until when no work is taken, as a sentence; null: work is taken.</summary>
internal sealed record PauseState(string? Paused);

/// <summary>The owner's <c>pause</c> and <c>resume</c>: no new work; what runs goes on.</summary>
internal sealed class PauseCommand(PauseOrder order, AuditLog audit, WorkerLog log)
{
    public const string PauseName = "pause";
    public const string ResumeName = "resume";
    /// <summary>Longest pause with an end.</summary>
    public const long MostSeconds = 366 * 24 * 3600;

    public async Task<string?> Pause(JsonElement arguments, ControlAnswer answer, CancellationToken clientGone)
    {
        var seconds = arguments.ValueKind == JsonValueKind.Object ? arguments.Deserialize(ControlJson.Default.PauseArguments)?.Seconds
            : null;
        if (seconds is < 1 or > MostSeconds) return $"a pause has 1 to {MostSeconds} seconds";
        try
        {
            order.Pause(seconds is { } some ? TimeSpan.FromSeconds(some) : null);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"the pause can't be kept: {error.Message}";
        }
        audit.RecordOwnerAction(PauseName, outcome: order.Sentence);
        log.Paused(order.Sentence ?? "");
        await WriteState(answer, clientGone);
        return null;
    }

    public async Task<string?> Resume(JsonElement arguments, ControlAnswer answer, CancellationToken clientGone)
    {
        if (order.Resume())
        {
            audit.RecordOwnerAction(ResumeName);
            log.Resumed();
        }
        await WriteState(answer, clientGone);
        return null;
    }

    private Task WriteState(ControlAnswer answer, CancellationToken clientGone) =>
        answer.WriteLine(new PauseState(order.Sentence), ControlJson.Default.PauseState, clientGone);
}
