using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Problems;
using OpenClaw.Worker.Output;
using OpenClaw.Worker.Polling;
using OpenClaw.Worker.Transport;

namespace OpenClaw.Worker.Attempts;

/// <summary>
/// Reports results until the server has answered for each, for days if need be. What does not fit beside the result goes before it.
/// </summary>
internal sealed class ResultSender(
    ServerLink link, SessionKeeper sessions, AttemptFiles files, AttemptTable attempts, TimeProvider clock, WorkerLog log)
{
    private const int InlineBytes = 256 * 1024;
    private const int CallBytes = 384 * 1024;
    private const int CallChunks = 200;
    private const int MostGaps = 5;

    /// <summary>Ends when the server took it or refused it for good; throws only when cancelled.</summary>
    public async Task Deliver(string attemptId, AttemptResult result, CancellationToken cancellation)
    {
        var pause = Reconnect.Jittered();
        var bare = false;
        while (true)
        {
            var (rest, reply) = await Try(attemptId, result, cancellation).ConfigureAwait(false);
            result = rest;
            if (reply.IsOk)
            {
                log.ResultTaken(attemptId, reply.Value?.Fate ?? "taken");
                break;
            }
            if (!reply.MayRetry && !reply.SessionLost)
            {
                log.ResultRefused(attemptId, reply.Why);
                if (IsVerdict(reply.Problem))
                    break;
                if (bare)
                {
                    files.Spool.Refused(attemptId);
                    files.Close(attemptId);
                    attempts.Remove(attemptId);
                    return;
                }
                // Something in it is not liked; how it ended is what matters most.
                (bare, result) = (true, result with { Output = null, Metadata = null });
                continue;
            }
            var wait = pause.Next();
            log.ResultWaits(attemptId, reply.Why, wait);
            await Task.Delay(wait, clock, cancellation).ConfigureAwait(false);
        }
        files.Spool.Remove(attemptId);
        files.Close(attemptId);
        attempts.Remove(attemptId);
    }

    /// <summary>The server knows the attempt and wants no result of it.</summary>
    private static bool IsVerdict(Problem? problem) => problem?.Status is 404 or 409;

    private async Task<(AttemptResult Left, Reply<ResultTaken> Reply)> Try(
        string attemptId, AttemptResult result, CancellationToken cancellation)
    {
        var unsent = result.Output ?? [];
        var gaps = 0;
        while (true)
        {
            var last = unsent.Length <= CallChunks && unsent.Sum(chunk => (long)chunk.Data.Length) <= InlineBytes;
            Problem? problem;
            Reply<ResultTaken> reply;
            if (last)
            {
                var whole = result with { Output = unsent.Length == 0 ? null : unsent };
                reply = await sessions.With(
                    s => link.Finish(attemptId, whole with { Session = s }, cancellation), cancellation).ConfigureAwait(false);
                problem = reply.Problem;
            }
            else
            {
                var call = FirstCall(unsent);
                var appended = await sessions.With(
                    s => link.Append(attemptId, new AppendOutput(s, call), cancellation), cancellation).ConfigureAwait(false);
                (problem, reply) = (appended.Problem, new Reply<ResultTaken>(null, appended.Problem, appended.NoAnswer));
                if (appended.IsOk)
                    unsent = unsent[call.Length..];
            }
            if (problem is { Next: { } next } && problem.Type == ProblemTypes.OutputGap && gaps++ < MostGaps)
                unsent = ChunkNumbers.Behind(unsent).Rejoin(unsent, next);
            else if (!last && problem is { Status: 404 or 409 } && !reply.SessionLost)
                unsent = [];
            else if (last || !reply.IsOk)
                return (result with { Output = unsent }, reply);
        }
    }

    private static OutputChunk[] FirstCall(OutputChunk[] chunks)
    {
        long bytes = 0;
        return [.. chunks.Take(CallChunks).TakeWhile((chunk, index) => (bytes += chunk.Data.Length) <= CallBytes || index == 0)];
    }
}
