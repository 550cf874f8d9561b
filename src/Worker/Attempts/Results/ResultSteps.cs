using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Transport;

namespace OpenClaw.Worker.Attempts.Results;

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
