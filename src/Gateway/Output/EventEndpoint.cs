using OpenClaw.Gateway.Endpoints;
using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Security.Access;
using OpenClaw.Gateway.Tasks;
using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Protocol;

namespace OpenClaw.Gateway.Output;

/// <summary>GET /tasks/{id}/events: what happens to a task, from the beginning or from where a reader was, until its end.</summary>
internal sealed class EventEndpoint(
    IGrainFactory grains, TaskReader reader, IAuditTrail audit, LiveOutput live, TimeProvider clock)
    : IEndpoint
{
    /// <summary>Everything else that wakes a reader is a hint: whatever they miss is seen this often.</summary>
    internal static readonly TimeSpan RecheckEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan KeepAliveEvery = TimeSpan.FromSeconds(15);

    public void MapRoutes(IEndpointRouteBuilder routes) =>
        routes.MapRead(Routes.TaskEvents, GetEvents).RequirePolicy(AccessPolicy.ReadTasks);

    private async ValueTask<Reply> GetEvents(HttpContext context)
    {
        if (await reader.FindTask(context.Request.RouteValues["id"] as string, context.GetCaller()) is not { } task)
            return ProblemTable.FromRejection(Rejection.NotFound);
        var header = context.Request.Headers["Last-Event-ID"];
        var from = default(EventPosition);
        if (header.Count > 0 && (header.Count > 1 || !EventPosition.TryParse(header[0], out from) || IsAhead(from, task)))
            return Problem400.ForField("Last-Event-ID", "must be the id of an event of this task");
        if (from.Ended)
        {
            context.Response.StatusCode = 204; // tells an EventSource to come no more
            return Reply.Written;
        }
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        if (!context.IsHead()) await StreamEvents(context, task, from);
        return Reply.Written;
    }

    private static bool IsAhead(EventPosition from, TaskSnapshot task) => from.Version > task.Version || from.Attempt > task.Attempt;

    private async Task StreamEvents(HttpContext context, TaskSnapshot task, EventPosition from)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, reader.Stopping);
        using var cut = context.CutWhenRevoked();
        using var watch = live.WatchTask(task.Id);
        var due = true;
        await using var recheck =
            clock.CreateTimer(_ => { Volatile.Write(ref due, true); watch.WakeReader(); }, null, RecheckEvery, RecheckEvery);
        var stream = new EventStream(context.Response.BodyWriter, clock);
        var events = new TaskEventWriter(from, audit, watch, stream, context.GetCaller().SeesPayloads());
        await using var changes = new TaskChangeWatcher(grains.GetTaskGrain(task.Id), task, watch, clock, cancel.Token);
        try
        {
            await context.Response.StartAsync(cancel.Token);
            while (true)
            {
                var latest = changes.Latest;
                // Known to have ended before everything was read: then everything was sent, even to one who resumes after the end.
                var ended = latest.State.IsEnd();
                if (!Interlocked.Exchange(ref due, false) && !ended && latest.Version <= events.Version)
                    await events.WriteOutput(cancel.Token);
                else if (await events.WriteNewEvents(cancel.Token) || ended) break;
                if (stream.QuietTime >= KeepAliveEvery) await stream.SendKeepAlive(cancel.Token);
                await watch.WaitForWake(cancel.Token);
            }
            if (await grains.GetTaskGrain(task.Id).Get() is { } end) await events.WriteEnd(events.ToView(end), cancel.Token);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The reader has gone, or the host goes: it comes back with the id of the last event it saw.
        }
    }
}
