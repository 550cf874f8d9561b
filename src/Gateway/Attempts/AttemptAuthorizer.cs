using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Workers;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Gateway.Attempts;

/// <summary>An attempt that a live session names. Whether it is that session's, the task knows.</summary>
internal readonly record struct NamedAttempt(Guid Task, int Number, Holder Holder)
{
    public string Id => AttemptId.FormatId(Task, Number);
}

/// <summary>Lets a call about an attempt in: its route names one, and its body the live session of a worker.</summary>
internal sealed class AttemptAuthorizer(SessionGate gate)
{
    public async ValueTask<(NamedAttempt Attempt, Problem? Problem)> AuthorizeCall(HttpContext context, string session)
    {
        if (!AttemptId.TryReadRoute(context, out var attempt)) return (default, ProblemTable.FromRejection(Rejection.NotFound));
        return await gate.AdmitSession(context.GetCaller(), session) is { } live
            ? (new(attempt.Task, attempt.Attempt, live.Holder), null)
            : (default, ProblemTable.SessionSuperseded);
    }
}
