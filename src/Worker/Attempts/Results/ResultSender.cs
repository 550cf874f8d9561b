using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Polling;
using OpenClaw.Worker.Transport;

namespace OpenClaw.Worker.Attempts.Results;

/// <summary>
/// Reports results until the server has answered for each, for days if need be. Only its own word ends that: what it takes leaves the
/// spool, what it refuses for good is kept beside it.
/// </summary>
internal sealed class ResultSender(
    ServerLink link, SessionKeeper sessions, AttemptFiles files, AttemptTable attempts, TimeProvider clock, WorkerLog log)
{
    private const int TriesBeforeShort = 10;
    private const int SmallRecord = 16 * 1024;
    private readonly ResultCalls calls = new(link, sessions, files.Spool);

    /// <summary>Ends when the server took it or refused it for good; throws only when cancelled.</summary>
    public async Task DeliverUntilAnswered(string attemptId, AttemptResult result, CancellationToken cancellation)
    {
        var (whole, pause, bare) = (result, ReconnectDelay.CreateJittered(), false);
        for (var tries = 1; ; tries++)
        {
            // Only an open session tells which server a result belongs to.
            await sessions.WaitForLive(cancellation);
            await attempts.WaitForOwnServer(attemptId, cancellation);
            var (rest, reply) = await calls.SendResult(attemptId, result, cancellation);
            result = rest;
            var next = ResultSteps.DecideStep(reply, bare, tries > TriesBeforeShort && IsLarge(result));
            if (next == ResultStep.Forget)
            {
                log.ResultTaken(attemptId, reply.Value?.Fate ?? "taken");
                break;
            }
            if (next == ResultStep.SetAside && (bare || files.Spool.Refused.TryKeep(attemptId, whole, reply.Why)))
            {
                log.ResultRefused(attemptId, reply.Why);
                break;
            }
            if (next == ResultStep.Shorten && files.Spool.Refused.TryKeep(attemptId, whole, reply.Why))
            {
                // The server rejects something in it: send at least how the attempt ended.
                log.ResultShortened(attemptId, reply.Why);
                (bare, result) = (true, result with { Output = null, Metadata = null });
                continue;
            }
            var wait = pause.GetNext();
            log.ResultWaits(attemptId, reply.Why, wait);
            await Task.Delay(wait, clock, cancellation);
        }
        files.Spool.Remove(attemptId);
        files.CloseAttempt(attemptId);
        attempts.Remove(attemptId);
    }

    private static bool IsLarge(AttemptResult result) => result.Metadata?.GetRawText().Length > SmallRecord;
}

/// <summary>What a reply to a result asks for.</summary>
internal enum ResultStep
{
    /// <summary>Send it again later.</summary>
    Wait = 0,
    /// <summary>The server has it.</summary>
    Forget = 1,
    /// <summary>The server wants none of this attempt, or not even how it ended.</summary>
    SetAside = 2,
    /// <summary>Send it without output and metadata.</summary>
    Shorten = 3,
}

/// <summary>Decides what a reply to a result asks for. Pure.</summary>
internal static class ResultSteps
{
    /// <param name="reply">What came of sending it; its output has been sent before, when that was too large.</param>
    /// <param name="bare">It went without output and metadata.</param>
    /// <param name="sizeMayBeIt">It was tried for some minutes, and what remains of it is not small: a 413 may be the truth.</param>
    public static ResultStep DecideStep(Reply<ResultTaken> reply, bool bare, bool sizeMayBeIt)
    {
        if (reply.IsOk) return ResultStep.Forget;
        if (reply is { IsTooLarge: true, NoAnswer: not null } && sizeMayBeIt && !bare) return ResultStep.Shorten;
        if (reply.MayRetry || reply.SessionLost) return ResultStep.Wait;
        return bare || reply.Problem is { Status: 404 or 409 } ? ResultStep.SetAside : ResultStep.Shorten;
    }
}
