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
    public async Task<(AttemptResult Left, Reply<ResultTaken> Reply)> SendResult(
        string attemptId, AttemptResult result, CancellationToken cancellation)
    {
        var (unsent, gaps, inline) = (result.Output ?? [], 0, true);
        while (true)
        {
            if (unsent.Length == 0 || (inline && FitsInFinish(unsent)))
            {
                var whole = result with { Output = unsent.Length == 0 ? null : unsent };
                var reply = await SendFinish(attemptId, whole, cancellation);
                if (FindNextOutput(reply.Problem, ref gaps) is { } next)
                    unsent = SaveRenumbered(attemptId, result, ChunkNumbers.ContinueAfter(unsent).RejoinAt(unsent, next));
                else if (reply.IsTooLarge && unsent.Length > 0)
                    inline = false;
                else
                    return (result with { Output = unsent }, reply);
                continue;
            }
            unsent = SplitChunks(attemptId, result, unsent);
            var call = SelectFirstCall(unsent);
            var appended = await SendOutput(attemptId, call, cancellation);
            if (appended.IsOk && !OutputAcceptance.IsFullyTaken(call, appended.Value?.Next) && gaps++ < MostGaps)
                unsent = SaveRenumbered(attemptId, result, ChunkNumbers.ContinueAfter(unsent).RejoinAt(unsent, appended.Value!.Next));
            else if (appended.IsOk)
                unsent = unsent[call.Length..];
            else if (FindNextOutput(appended.Problem, ref gaps) is { } next)
                unsent = SaveRenumbered(attemptId, result, ChunkNumbers.ContinueAfter(unsent).RejoinAt(unsent, next));
            else if (appended.Problem is { Status: 404 or 409 } && !appended.SessionLost)
                unsent = [];
            else if (!OutputAcceptance.CanHalve(appended, call))
                return (result with { Output = unsent }, new Reply<ResultTaken>(null, appended.Problem, appended.NoAnswer));
        }
    }

    private Task<Reply<ResultTaken>> SendFinish(string attemptId, AttemptResult result, CancellationToken cancellation) =>
        sessions.CallInSession(session => link.FinishAttempt(attemptId, result with { Session = session }, cancellation), cancellation);

    private Task<Reply<OutputTaken>> SendOutput(string attemptId, OutputChunk[] call, CancellationToken cancellation) =>
        sessions.CallInSession(session => link.AppendOutput(attemptId, new AppendOutput(session, call), cancellation), cancellation);

    /// <summary>Where the output goes on, when it did not join; null when that is not the matter, or does not help.</summary>
    private static NextOutput? FindNextOutput(Problem? problem, ref int gaps) =>
        problem?.Type == ProblemTypes.OutputGap && problem.Next is { } next && gaps++ < MostGaps ? next : null;

    private bool FitsInFinish(OutputChunk[] chunks) =>
        chunks.Length <= CallChunks && chunks.Sum(chunk => (long)chunk.Data.Length) <= Math.Min(InlineBytes, link.Bodies.Bytes);

    /// <summary>The spool has to know new numbers: after a crash the server would take a chunk under an old one for one it has.</summary>
    private OutputChunk[] SaveRenumbered(string attemptId, AttemptResult result, OutputChunk[] unsent)
    {
        spool.ReplaceOutput(attemptId, result with { Output = unsent });
        return unsent;
    }

    /// <summary>Chunks that come through.</summary>
    private OutputChunk[] SplitChunks(string attemptId, AttemptResult result, OutputChunk[] unsent)
    {
        var most = link.Bodies.Bytes;
        if (Array.TrueForAll(unsent, chunk => chunk.Data.Length <= most)) return unsent;
        return SaveRenumbered(attemptId, result, ChunkNumbers.ContinueAfter(unsent).SplitChunks(unsent, most));
    }

    private OutputChunk[] SelectFirstCall(OutputChunk[] chunks)
    {
        var (bytes, most) = (0L, Math.Min(CallBytes, link.Bodies.Bytes));
        return [.. chunks.Take(CallChunks).TakeWhile((chunk, index) => (bytes += chunk.Data.Length) <= most || index == 0)];
    }
}
