using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Problems;
using OpenClaw.Worker.Output;
using OpenClaw.Worker.Polling;
using OpenClaw.Worker.Transport;

namespace OpenClaw.Worker.Attempts.Results;

/// <summary>The calls that carry one result to the server: what does not fit beside it goes before it.</summary>
internal sealed class ResultCalls(ServerLink link, SessionKeeper sessions, ResultSpool spool)
{
    private const int InlineBytes = 256 * 1024;
    private const int CallBytes = 384 * 1024;
    private const int CallChunks = 200;
    private const int MostGaps = 5;

    /// <summary>What is left of the result, and the reply to the call that took it or failed.</summary>
    public async Task<(AttemptResult Left, Reply<ResultTaken> Reply)> Send(
        string attemptId, AttemptResult result, CancellationToken cancellation)
    {
        var (unsent, gaps, inline) = (result.Output ?? [], 0, true);
        while (true)
        {
            if (unsent.Length == 0 || (inline && FitsBeside(unsent)))
            {
                var whole = result with { Output = unsent.Length == 0 ? null : unsent };
                var reply = await Finish(attemptId, whole, cancellation).ConfigureAwait(false);
                if (NextAfter(reply.Problem, ref gaps) is { } next)
                    unsent = Renumbered(attemptId, result, ChunkNumbers.Behind(unsent).Rejoin(unsent, next));
                else if (reply.IsTooLarge && unsent.Length > 0)
                    inline = false;
                else
                    return (result with { Output = unsent }, reply);
                continue;
            }
            unsent = Split(attemptId, result, unsent);
            var call = FirstCall(unsent);
            var appended = await Append(attemptId, call, cancellation).ConfigureAwait(false);
            if (appended.IsOk && !OutputTaking.IsWhole(call, appended.Value?.Next) && gaps++ < MostGaps)
                unsent = Renumbered(attemptId, result, ChunkNumbers.Behind(unsent).Rejoin(unsent, appended.Value!.Next));
            else if (appended.IsOk)
                unsent = unsent[call.Length..];
            else if (NextAfter(appended.Problem, ref gaps) is { } next)
                unsent = Renumbered(attemptId, result, ChunkNumbers.Behind(unsent).Rejoin(unsent, next));
            else if (appended.Problem is { Status: 404 or 409 } && !appended.SessionLost)
                unsent = [];
            else if (!OutputTaking.CanHalve(appended, call))
                return (result with { Output = unsent }, new Reply<ResultTaken>(null, appended.Problem, appended.NoAnswer));
        }
    }

    private Task<Reply<ResultTaken>> Finish(string attemptId, AttemptResult result, CancellationToken cancellation) =>
        sessions.With(session => link.Finish(attemptId, result with { Session = session }, cancellation), cancellation);

    private Task<Reply<OutputTaken>> Append(string attemptId, OutputChunk[] call, CancellationToken cancellation) =>
        sessions.With(session => link.Append(attemptId, new AppendOutput(session, call), cancellation), cancellation);

    /// <summary>Where the output goes on, when it did not join; null when that is not the matter, or does not help.</summary>
    private static NextOutput? NextAfter(Problem? problem, ref int gaps) =>
        problem?.Type == ProblemTypes.OutputGap && problem.Next is { } next && gaps++ < MostGaps ? next : null;

    private bool FitsBeside(OutputChunk[] chunks) =>
        chunks.Length <= CallChunks && chunks.Sum(chunk => (long)chunk.Data.Length) <= Math.Min(InlineBytes, link.Bodies.Bytes);

    /// <summary>The spool has to know new numbers: after a crash the server would take a chunk under an old one for one it has.</summary>
    private OutputChunk[] Renumbered(string attemptId, AttemptResult result, OutputChunk[] unsent)
    {
        spool.Replace(attemptId, result with { Output = unsent });
        return unsent;
    }

    /// <summary>Chunks that come through.</summary>
    private OutputChunk[] Split(string attemptId, AttemptResult result, OutputChunk[] unsent)
    {
        var most = link.Bodies.Bytes;
        if (Array.TrueForAll(unsent, chunk => chunk.Data.Length <= most))
            return unsent;
        return Renumbered(attemptId, result, ChunkNumbers.Behind(unsent).Split(unsent, most));
    }

    private OutputChunk[] FirstCall(OutputChunk[] chunks)
    {
        var (bytes, most) = (0L, Math.Min(CallBytes, link.Bodies.Bytes));
        return [.. chunks.Take(CallChunks).TakeWhile((chunk, index) => (bytes += chunk.Data.Length) <= most || index == 0)];
    }
}
