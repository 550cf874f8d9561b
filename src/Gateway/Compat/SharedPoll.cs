using OpenClaw.Gateway.Calls;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Workers;
using OpenClaw.GrainInterfaces;
using OpenClaw.GrainInterfaces.Queues;
using OpenClaw.GrainInterfaces.Workers;

namespace OpenClaw.Gateway.Compat;

/// <summary>
/// The held polls of one worker name of the compatible protocol. It asks the queue once for all of them, so that a held poll
/// is a node in a line here and no call of its own: thousands of idle polls cost next to nothing.
/// </summary>
internal sealed class SharedPoll(
    string name, IQueueGrain queue, CompatibleWorkers workers, TimeProvider clock, CancellationToken stopping, Action<SharedPoll> closed)
{
    private const int MostAtOnce = 100;

    // Requests join and leave the line from their own threads while the one loop below asks the queue and hands out what it gives. Held to
    // look at the line and change it, never over a call.
    private readonly Lock gate = new();
    private readonly LinkedList<WaitingPoll> line = [];
    private PendingCall? asked;
    /// <summary>The loop was started, by the first who joined. It ends with this shared poll, so there is one at most.</summary>
    private bool serving;
    private bool shut;
    private TimeSpan nextDue = TimeSpan.MaxValue;
    private long questions;

    /// <summary>The last question that was given less than it asked for: nothing was left for those who stood in line then.</summary>
    private long exhausted;

    /// <summary>What the worker could be given when the queue was asked last; that before a task came from it.</summary>
    private volatile string offers = "";

    /// <summary>Time on a clock that nobody can set back.</summary>
    private TimeSpan Now => clock.GetElapsedTime(0);

    /// <summary>The worker as the one who starts a task that the queue gave to this poll, with the offers that the queue knows.</summary>
    public Holder CreateHolder(Caller caller) => SessionGate.CreateHolder(caller, name, 0, offers);

    /// <summary>Puts a poll into the line; false when this one has closed.</summary>
    public bool TryJoin(WaitingPoll poll, Caller caller)
    {
        bool first;
        lock (gate)
        {
            if (shut) return false;
            first = !serving;
            serving = true;
            poll.EnteredAfter = questions;
            line.AddLast(poll.Node);
            if (poll.Until < nextDue) nextDue = poll.Until;
            // What is asked now would be answered too late for this one.
            if (asked?.Until > poll.Until) asked.Cancel();
        }
        // On its own: the first poll's request is worth no more than the others'.
        if (first)
            ThreadPool.UnsafeQueueUserWorkItem(static state => _ = state.This.RunLoop(state.Caller), (This: this, Caller: caller), false);
        return true;
    }

    /// <summary>Takes a poll out of the line. After the last one the question to the queue is taken back.</summary>
    public void Leave(WaitingPoll poll)
    {
        lock (gate)
        {
            if (poll.Node.List is not null) line.Remove(poll.Node);
            if (line.Count == 0) asked?.Cancel();
        }
    }

    /// <summary>A task whose poll had gone by the time it came: somebody else's, at once.</summary>
    public Task ReturnTasks(params Guid[] tasks) => queue.Return(tasks);

    private async Task RunLoop(Caller caller)
    {
        try
        {
            var budget = new RetryBudget(clock);
            for (var question = CreateNextCall(); question is not null; question = CreateNextCall())
            {
                try
                {
                    await HandOutTasks(await AskQueue(question, await workers.RecordPoll(caller, name)), question.Slots);
                    budget.Reset();
                }
                catch (Exception error) when (TransientErrors.IsTransient(error) && budget.TryGetPause(out var pause))
                {
                    await PauseAfterError(pause);
                }
            }
        }
        catch (Exception error)
        {
            FailAll(error);
        }
        finally
        {
            closed(this);
        }
    }

    private async ValueTask<Guid[]> AskQueue(PendingCall question, LiveSession worker)
    {
        offers = worker.Holder.Offers;
        var wait = question.Until - Now;
        var request = new PollRequest
        {
            Worker = name,
            Offers = worker.Holder.Offers,
            Slots = worker.Draining ? 0 : question.Slots,
            Wait = wait > TimeSpan.Zero ? wait : TimeSpan.Zero,
        };
        try
        {
            return (await QueuePollCall.PollQueue(queue, request, clock, question.Token)).Tasks;
        }
        catch (OperationCanceledException) when (question.Token.IsCancellationRequested)
        {
            return [];
        }
    }

    /// <summary>The queue did not answer. Those whose time is over were asked for all the same; the others are asked for again.</summary>
    private async Task PauseAfterError(TimeSpan pause)
    {
        lock (gate) exhausted = questions;
        await Task.Delay(pause, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>What to ask now; null when nobody waits any more: then it is closed.</summary>
    private PendingCall? CreateNextCall()
    {
        lock (gate)
        {
            var now = Now;
            if (stopping.IsCancellationRequested || nextDue <= now) AnswerExpired(now);
            var until = nextDue < now + HeldCalls.Slice ? nextDue : now + HeldCalls.Slice;
            asked?.Dispose();
            shut = line.Count == 0;
            if (shut) return asked = null;
            questions++;
            return asked = new PendingCall(Math.Min(line.Count, MostAtOnce), until, stopping);
        }
    }

    /// <summary>Answers those whose time is over. Everybody has been asked for once, however short their time.</summary>
    private void AnswerExpired(TimeSpan now)
    {
        nextDue = TimeSpan.MaxValue;
        for (var node = line.First; node is not null;)
        {
            var (poll, next) = (node.Value, node.Next);
            var over = poll.Until <= now && poll.EnteredAfter < exhausted;
            if (over || stopping.IsCancellationRequested || !poll.IsWaiting)
            {
                line.Remove(node);
                poll.TrySetResult(null);
            }
            else if (poll.Until < nextDue)
            {
                nextDue = poll.Until;
            }
            node = next;
        }
    }

    private Task HandOutTasks(Guid[] tasks, int slots)
    {
        List<Guid>? left = null;
        lock (gate)
        {
            if (tasks.Length < slots) exhausted = questions;
            foreach (var task in tasks)
            {
                if (!TryGiveTask(task)) (left ??= []).Add(task);
            }
        }
        return left is null ? Task.CompletedTask : ReturnTasks([.. left]);
    }

    /// <summary>The newest first: a poll whose client died behind a proxy that does not tell is older than that of its successor.</summary>
    private bool TryGiveTask(Guid task)
    {
        while (line.Last is { } node)
        {
            line.RemoveLast();
            if (node.Value.IsWaiting && node.Value.TrySetResult(task)) return true;
        }
        return false;
    }

    private void FailAll(Exception error)
    {
        lock (gate)
        {
            shut = true;
            asked?.Dispose();
            asked = null;
            foreach (var poll in line) poll.TrySetException(error);
            line.Clear();
        }
    }

    /// <summary>What the queue is being asked: for how many, and until when.</summary>
    private sealed class PendingCall(int slots, TimeSpan until, CancellationToken stopping) : IDisposable
    {
        private readonly CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(stopping);

        public int Slots => slots;
        public TimeSpan Until => until;
        public CancellationToken Token => source.Token;

        public void Cancel() => source.Cancel();

        public void Dispose() => source.Dispose();
    }
}
