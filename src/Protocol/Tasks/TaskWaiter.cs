using OpenClaw.Protocol.Answers;
using OpenClaw.Protocol.Waits;

namespace OpenClaw.Protocol.Tasks;

/// <summary>
/// Waits for the end of a task however long that takes and whatever stands between: in calls that are held for less than any proxy allows,
/// each repeated until the server has answered. Its own <see cref="HttpClient.Timeout"/> has to be above 35 s.
/// </summary>
public sealed class TaskWaiter(TasksClient tasks, TimeProvider clock)
{
    /// <summary>The most common clocks are of 30, 50 and 60 s.</summary>
    private static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(0.5);
    private static readonly BackOff BackOff = new(First: ShortestPause, Longest: TimeSpan.FromSeconds(5));
    private readonly HoldLimit holds = new(clock);

    /// <summary>
    /// The task once it has ended, or as it is when the time is over; a problem that a repeat would not change. Null only when the server
    /// gave no answer in all that time.
    /// </summary>
    public async Task<Answer<TaskView>?> WaitForEnd(string id, TimeSpan longest, CancellationToken cancellation = default)
    {
        var (began, failures, last) = (clock.GetTimestamp(), 0, default(Answer<TaskView>?));
        while (true)
        {
            var (asked, left) = (clock.GetTimestamp(), longest - clock.GetElapsedTime(began));
            var answer = await AskOnce(id, left, cancellation).ConfigureAwait(false);
            var elapsed = clock.GetElapsedTime(asked);
            if (answer is { IsOk: true, Value: { } task })
            {
                holds.RecordAnswer(elapsed);
                (last, failures) = (answer, 0);
                if (task.CompletedAt is not null || clock.GetElapsedTime(began) >= longest) return last;
                // A server that stops answers at once, and is not to be asked a thousand times a second.
                if (elapsed < ShortestPause) await Task.Delay(ShortestPause, clock, cancellation).ConfigureAwait(false);
                continue;
            }
            if (answer?.Problem is { Status: < 500 and not (401 or 408 or 429) }) return answer;
            last = answer ?? last;
            if (clock.GetElapsedTime(began) >= longest) return last;
            if (answer?.Problem is null && holds.RecordCut(elapsed) != CutMeaning.Failure) continue;
            await Task.Delay(BackOff.GetLimit(++failures), clock, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Null: the exchange broke, or took longer than the client waits.</summary>
    private async Task<Answer<TaskView>?> AskOnce(string id, TimeSpan left, CancellationToken cancellation)
    {
        var wait = holds.ShortenWait(left < LongestCall ? left : LongestCall);
        try
        {
            return await tasks.GetTask(id, wait, cancellation).ConfigureAwait(false);
        }
        catch (Exception broken) when (
            broken is HttpRequestException or IOException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            return null;
        }
    }
}
