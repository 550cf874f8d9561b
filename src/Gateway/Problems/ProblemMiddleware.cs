using System.Data.Common;
using OpenClaw.Gateway.Requests;
using OpenClaw.GrainInterfaces;
using OpenClaw.Protocol.Problems;
using Orleans.Serialization;

namespace OpenClaw.Gateway.Problems;

/// <summary>Outermost: refuses odd targets, and turns every exception into a problem.</summary>
internal sealed class ProblemMiddleware(RequestDelegate next, TimeProvider clock, ILogger<ProblemMiddleware> log)
{
    private readonly LineLimit full = new(clock, perMinute: 1);
    private readonly LineLimit outages = new(clock);
    private readonly LineLimit defects = new(clock);

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            if (RequestShape.FindProblem(context) is { } problem) await context.Answer(problem);
            else await next(context);
        }
        catch (Exception error) when (!context.Response.HasStarted)
        {
            if (context.RequestAborted.IsCancellationRequested) context.Abort();
            else await context.Answer(ToProblem(context, error));
            return;
        }
        catch (Exception error) when (context.Response.HasStarted)
        {
            if (!context.RequestAborted.IsCancellationRequested) log.AnswerCut(context.TraceIdentifier, error);
            context.Abort();
            return;
        }
        var response = context.Response;
        if (response is { StatusCode: >= 400, HasStarted: false, ContentType: null })
            await context.Answer(ProblemTable.FromStatus(response.StatusCode));
    }

    private Problem ToProblem(HttpContext context, Exception error)
    {
        if (error is BadHttpRequestException bad) return ProblemTable.FromStatus(bad.StatusCode);
        if (ClusterErrors.IsDiskFull(error))
        {
            if (full.TryTakeLine(out var others)) log.StorageFull(context.TraceIdentifier, others);
            return ProblemTable.StorageFull;
        }
        if (IsInfrastructureError(error))
        {
            if (outages.TryTakeLine(out var unheard)) log.Unavailable(context.TraceIdentifier, unheard, error);
            return ProblemTable.Unavailable;
        }
        if (defects.TryTakeLine(out var before)) log.Failed(context.TraceIdentifier, before, error);
        return ProblemTable.FromStatus(500);
    }

    /// <summary>The store or the cluster did not answer: the same request may well succeed later.</summary>
    internal static bool IsInfrastructureError(Exception error) => error
        is TimeoutException or OperationCanceledException or ObjectDisposedException
        or OrleansException or UnavailableExceptionFallbackException or DbException or IOException;
}
