using System.Security.Cryptography;
using OpenClaw.Gateway.Attempts;
using OpenClaw.Gateway.Endpoints;
using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Requests;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Workers;
using OpenClaw.GrainInterfaces.Output;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Gateway.Compat;

/// <summary>POST /worker/result of the original: exit code and all the output in one body.</summary>
internal sealed class CompatibleResultEndpoint(IGrainFactory grains, AttemptReports reports, TimeProvider clock) : IEndpoint
{
    /// <summary>The attempt whose number the task knows and its worker does not.</summary>
    private const int Latest = 0;
    private static readonly byte[] Success = """{"success":true}"""u8.ToArray();

    public void MapRoutes(IEndpointRouteBuilder routes) =>
        routes.MapChange(Routes.WorkerResult, TakeResult).RequirePolicy(AccessPolicy.WorkWithoutSession);

    private async ValueTask<Reply> TakeResult(HttpContext context)
    {
        var (result, name, problem) = await ReadResult(context);
        if (result is null) return problem!;
        if (!Guid.TryParseExact(result.TaskId, "D", out var task)) return ProblemTable.FromRejection(Rejection.NotFound);
        var reply = await RecordResult(context, task, result, name);
        return reply.Rejection == Rejection.None ? Reply.FromJson(Success) : ProblemTable.FromRejection(reply.Rejection);
    }

    private static async ValueTask<(CompatibleResult? Result, string? Name, Problem? Problem)> ReadResult(HttpContext context)
    {
        var badName = CompatiblePollEndpoint.ReadWorkerName(context, out var name);
        if ((StrictJson.FindMediaProblem(context.Request) ?? badName) is { } unreadable) return (null, null, unreadable);
        var (body, length, problem) = await StrictJson.ReadBody(context, Limits.CompatibleResultBody);
        try
        {
            if (problem is not null) return (null, null, problem);
            await LargeBodies.WaitForTurn(context, length);
            var result = CompatibleResult.Read(body.AsSpan(0, length));
            if (result is null) return (null, null, Problem400.ForField("body", "is not one JSON object"));
            return string.IsNullOrEmpty(result.TaskId) ? (null, null, Problem400.ForField("taskId", "is required")) : (result, name, null);
        }
        finally
        {
            LargeBodies.ReturnArray(body);
        }
    }

    private async ValueTask<FinishReply> RecordResult(HttpContext context, Guid task, CompatibleResult result, string? name)
    {
        var caller = context.GetCaller();
        if (name is null && result.Stdout.Length + result.Stderr.Length == 0)
            return await reports.FinishAttempt(task, CreateHolder(caller, CompatibleWorkers.DefaultName), ToOutcome(result, Latest));
        var (first, at) = (CreateHolder(caller, name ?? CompatibleWorkers.DefaultName), clock.GetUtcNow());
        if (await reports.FinishWithOutput(task, first, ToOutcome(result, Latest), ToChunks(result, Latest, at)) is { } plain) return plain;
        // Output belongs to an attempt by number, and to none that is not this worker's.
        var snapshot = await grains.GetTaskGrain(task).Get();
        if (snapshot is not { State: TaskState.Running }) snapshot = await grains.GetTaskGrain(task).GetStored();
        // The original's result names no worker; which of them it was, the task knows.
        var worker = name ?? snapshot?.Worker ?? CompatibleWorkers.DefaultName;
        var holder = CreateHolder(caller, worker);
        var attempt = snapshot?.Attempt ?? 0;
        // An attempt of a session is that session's to report, whatever token the two share.
        var ownership = snapshot is { Epoch: > 0 }
            ? AttemptOwnership.NotCurrent
            : AttemptOwnerships.JudgeAttempt(snapshot, holder, attempt);
        if (ownership == AttemptOwnership.Foreign)
        {
            reports.AuditForeign(task, holder, attempt);
            return new(Rejection.NotFound, ResultFate.None, TaskState.None);
        }
        await reports.AppendOutput(task, ownership, ToChunks(result, attempt, clock.GetUtcNow()), CancellationToken.None);
        return await reports.FinishAttempt(task, holder, ToOutcome(result, attempt));
    }

    private static Holder CreateHolder(Caller caller, string worker) =>
        SessionGate.CreateHolder(caller, worker, 0, CompatibleWorkers.CreateOffers(worker));

    internal static AttemptOutcome ToOutcome(CompatibleResult result, int attempt) => new()
    {
        Kind = result.ExitCode == 0 ? OutcomeKind.Succeeded : OutcomeKind.Failed,
        Attempt = attempt,
        ExitCode = result.ExitCode,
        Error = result.Error,
        Reason = result.ExitCode switch { 0 => null, null => "no-exit-code", _ => "exit-code" },
        Duration = result.Duration,
        StdoutBytes = result.Stdout.Length,
        StderrBytes = result.Stderr.Length,
        StdoutSha256 = Convert.ToHexStringLower(SHA256.HashData(result.Stdout)),
        StderrSha256 = Convert.ToHexStringLower(SHA256.HashData(result.Stderr)),
        Metadata = result.Metadata,
    };

    /// <summary>All of the output as chunks. A repeat makes the same ones, which the log takes once.</summary>
    internal static List<OutputChunk> ToChunks(CompatibleResult result, int attempt, DateTimeOffset at)
    {
        var chunks = new List<OutputChunk>();
        foreach (var (stream, bytes) in new[] { (OutputStream.Stdout, result.Stdout), (OutputStream.Stderr, result.Stderr) })
        {
            for (var offset = 0; offset < bytes.Length; offset += Limits.OutputChunk)
            {
                var data = bytes.AsMemory(offset, Math.Min(Limits.OutputChunk, bytes.Length - offset));
                chunks.Add(new OutputChunk(attempt, stream, chunks.Count, offset, data, at));
            }
        }
        return chunks;
    }
}
