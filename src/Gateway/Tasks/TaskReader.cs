using OpenClaw.Gateway.Calls;
using OpenClaw.Gateway.Manifests;
using OpenClaw.Gateway.Output;
using OpenClaw.Gateway.Output.Pages;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Security.Access;
using OpenClaw.Gateway.Webhooks;
using OpenClaw.GrainInterfaces;
using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.GrainInterfaces.Output;
using OpenClaw.GrainInterfaces.Queues;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Webhooks;
using OpenClaw.Protocol.Tasks;
using OpenClaw.Protocol.Webhooks;

namespace OpenClaw.Gateway.Tasks;

/// <summary>Where all that is known of a task comes from.</summary>
internal sealed record TaskSources(IGrainFactory Grains, IOutputLog Output, IWebhookOutbox Webhooks);

/// <summary>Finds a caller's task, waits for its end, and shows it with its output or with the reason why it waits.</summary>
internal sealed class TaskReader(
    TaskSources sources, TenantCache tenants, IAuditTrail audit, TimeProvider clock, IHostApplicationLifetime lifetime)
{
    private readonly IGrainFactory grains = sources.Grains;
    private readonly IOutputLog output = sources.Output;

    /// <summary>For an explanation that a reader can do without.</summary>
    private static readonly TimeSpan LongestExplanation = TimeSpan.FromSeconds(2);

    /// <summary>The host is going down: nobody waits any longer.</summary>
    public CancellationToken Stopping => lifetime.ApplicationStopping;

    /// <summary>The task, when the caller may know of it; every other one is as if absent.</summary>
    public async ValueTask<TaskSnapshot?> FindTask(string? id, Caller caller)
    {
        if (!TaskIds.TryParse(id, out var task)) return null;
        return HideForeign(await grains.GetTaskGrain(task).Get(), caller);
    }

    /// <summary>The task once it has ended, or as it is when the time is over, the caller has gone or the host is stopping.</summary>
    public async ValueTask<TaskSnapshot?> WaitForEnd(Guid id, Caller caller, TimeSpan wait, CancellationToken aborted)
    {
        var grain = grains.GetTaskGrain(id);
        var began = clock.GetTimestamp();
        var budget = new RetryBudget(clock);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(aborted, Stopping);
        while (true)
        {
            var left = wait - clock.GetElapsedTime(began);
            if (left <= TimeSpan.Zero || cancel.IsCancellationRequested) return HideForeign(await grain.Get(), caller);
            var slice = HeldCalls.Shorten(left);
            TaskSnapshot? task;
            try
            {
                task = await grain.Wait(null, slice, cancel.Token);
                budget.Reset();
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                continue;
            }
            catch (Exception error) when (TransientErrors.IsTransient(error) && budget.TryGetPause(out var pause))
            {
                await Task.Delay(pause, clock, cancel.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                continue;
            }
            if (HideForeign(task, caller) is not { } own) return null;
            if (own.State.IsEnd()) return own;
        }
    }

    /// <summary>
    /// The task as the client sees it, with what is kept of its output. Without <paramref name="text"/> only how much was printed: of a
    /// download's piece the text is far larger than its bytes.
    /// </summary>
    public async ValueTask<TaskView> BuildView(TaskSnapshot task, Caller caller, CancellationToken cancellation, bool text = true)
    {
        var view = TaskViews.ToView(task, caller, clock.GetUtcNow());
        if (task.Approval is { } wait) return view with { Why = QueueDiagnosis.ExplainWait(wait, caller.SeesPayloads()) };
        if (task.State is TaskState.Queued or TaskState.Offered) return view with { Why = await ExplainWait(task, caller) };
        if (task.State.IsEnd() && task.Spec.CallbackUrl is not null) view = view with { Callback = await FindCallback(task, cancellation) };
        if (!caller.SeesPayloads()) return view;
        if (task.State == TaskState.Running && !Protocol.Payloads.Kinds.BuiltIn.Contains(task.Spec.Kind))
            return view with { Progress = await ProgressLine.ReadNewest(output, task.Id, task.Attempt, cancellation) };
        if (!task.State.IsEnd()) return view;
        if (!text) return view with { StdoutBytes = task.Outcome?.StdoutBytes, StderrBytes = task.Outcome?.StderrBytes };
        (long, long)? totals = task.Outcome is { } outcome ? (outcome.StdoutBytes, outcome.StderrBytes) : null;
        var kept = await OutputText.ReadStreams(FindReader(task), task.Id, task.Attempt, totals, cancellation);
        return view with
        {
            Stdout = kept.Stdout,
            Stderr = kept.Stderr,
            StdoutBytes = kept.StdoutBytes,
            StderrBytes = kept.StderrBytes,
            Truncated = kept.Cut,
            LateResult = task.LateResult is { } late ? await BuildView(task, late, view.LateResult!, cancellation) : null,
        };
    }

    /// <summary>
    /// What an ended task printed may have come along with it: all of it, or nothing, when it was streamed before and the end brought none.
    /// </summary>
    private IOutputReader FindReader(TaskSnapshot task) =>
        task is { Output: { } whole, Outcome: { } end } && whole.Bytes == end.StdoutBytes + end.StderrBytes
            ? new AttachedOutput(whole) : output;

    private async ValueTask<CallbackView?> FindCallback(TaskSnapshot task, CancellationToken cancellation)
    {
        var webhooks = await sources.Webhooks.ReadOfTask(task.Id, cancellation);
        return webhooks.FirstOrDefault(webhook => webhook.Route == WebhookRoute.Url) is { } found ? WebhookViews.ToCallback(found) : null;
    }

    private async ValueTask<LateResultView> BuildView(
        TaskSnapshot task, AttemptOutcome late, LateResultView view, CancellationToken cancellation)
    {
        var kept = await OutputText.ReadStreams(
            new WholeOutput(output), task.Id, task.Attempt, (late.StdoutBytes, late.StderrBytes), cancellation);
        return view with
        {
            Stdout = kept.Stdout,
            Stderr = kept.Stderr,
            StdoutBytes = kept.StdoutBytes,
            StderrBytes = kept.StderrBytes,
            Truncated = kept.Cut,
        };
    }

    private async ValueTask<string?> ExplainWait(TaskSnapshot task, Caller caller)
    {
        try
        {
            var spec = task.Spec;
            var queue = grains.GetGrain<IQueueGrain>(GrainKeys.ForQueue(spec.Tenant));
            var asked = queue.ExplainWait(task.Id, spec.Requires, spec.ConcurrencyKey, spec.TokenId).WaitAsync(LongestExplanation, clock);
            var workers = await tenants.GetWorkers(caller).AsTask().WaitAsync(LongestExplanation, clock);
            var facts = await asked;
            // Whose task has the key a token that sees only some of them need not know.
            if (caller.Rights.Narrowing is not null && facts.KeyHeldBy is { } holder && holder != task.Id)
                return "it waits for another task with the same key";
            return QueueDiagnosis.ExplainWait(task, facts, workers, clock.GetUtcNow());
        }
        catch (Exception error) when (Problems.ProblemMiddleware.IsInfrastructureError(error))
        {
            return null; // The task itself is known; an explanation is not worth an error.
        }
    }

    private TaskSnapshot? HideForeign(TaskSnapshot? task, Caller caller)
    {
        if (task is null || caller.Sees(task.Spec)) return task;
        audit.AddNote(new(clock.GetUtcNow(), "foreign-task", caller.AuditName, caller.Address, task.Id, null));
        return null;
    }
}
