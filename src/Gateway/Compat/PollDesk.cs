using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Workers;
using OpenClaw.GrainInterfaces.Queues;

namespace OpenClaw.Gateway.Compat;

/// <summary>
/// The held polls of one worker name of the compatible protocol. It stands in the queue once for all of them, so that a held poll
/// is a place in a line here and no call of its own: thousands of idle polls cost next to nothing.
/// </summary>
internal sealed class PollDesk(string name, IQueueGrain queue, CompatibleWorkers workers, TimeProvider clock, CancellationToken stopping)
{
    private const int MostAtOnce = 100;
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private readonly LinkedList<WaitingPoll> line = [];
    private Question? asked;
    private bool serving;
    private DateTimeOffset nextDue = DateTimeOffset.MaxValue;

    /// <summary>True once its last poll has gone: it serves nobody any more.</summary>
    public bool Closed { get; private set; }

    /// <summary>Puts a poll into the line; false when the desk has closed.</summary>
    public bool TryEnter(WaitingPoll poll, Caller caller)
    {
        bool first;
        lock (gate)
        {
            if (Closed) return false;
            first = !serving;
            serving = true;
            line.AddLast(poll.Place);
            if (poll.Until < nextDue) nextDue = poll.Until;
            // What is asked now would be answered too late for this one.
            if (asked?.Until > poll.Until) asked.Cancel();
        }
        if (first) _ = Serve(caller);
        return true;
    }

    /// <summary>Takes a poll out of the line. After the last one the question to the queue is taken back.</summary>
    public void Leave(WaitingPoll poll)
    {
        lock (gate)
        {
            if (poll.Place.List is not null) line.Remove(poll.Place);
            if (line.Count == 0) asked?.Cancel();
        }
    }

    /// <summary>A task whose poll had gone by the time it came: somebody else's, at once.</summary>
    public Task Return(params Guid[] tasks) => queue.Return(tasks);

    private async Task Serve(Caller caller)
    {
        try
        {
            for (var question = Next(); question is not null; question = Next())
            {
                var (holder, draining) = await workers.Touch(caller, name);
                var wait = question.Until - clock.GetUtcNow();
                var request = new PollRequest
                {
                    Worker = name,
                    Offers = holder.Offers,
                    Slots = draining ? 0 : question.Slots,
                    Wait = wait > TimeSpan.Zero ? wait : TimeSpan.Zero,
                };
                await HandOut((await Ask(request, question.Token)).Tasks);
            }
        }
        catch (Exception failure)
        {
            Close(failure);
        }
    }

    private async ValueTask<PollReply> Ask(PollRequest request, CancellationToken cancellation)
    {
        try
        {
            return await queue.Poll(request, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return new([], Superseded: false);
        }
    }

    /// <summary>What to ask now; null when nobody waits any more, and the desk is closed.</summary>
    private Question? Next()
    {
        lock (gate)
        {
            var now = clock.GetUtcNow();
            // The first question is for everybody, however short their time.
            if (stopping.IsCancellationRequested || (asked is not null && nextDue <= now)) Prune(now);
            var until = nextDue < now + Slice ? nextDue : now + Slice;
            asked?.Dispose();
            Closed = line.Count == 0;
            return asked = Closed ? null : new Question(Math.Min(line.Count, MostAtOnce), until, stopping);
        }
    }

    /// <summary>Answers those whose time is over.</summary>
    private void Prune(DateTimeOffset now)
    {
        nextDue = DateTimeOffset.MaxValue;
        for (var place = line.First; place is not null;)
        {
            var (poll, next) = (place.Value, place.Next);
            if (stopping.IsCancellationRequested || !poll.Waits || poll.Until <= now)
            {
                line.Remove(place);
                poll.TrySetResult(null);
            }
            else if (poll.Until < nextDue)
            {
                nextDue = poll.Until;
            }
            place = next;
        }
    }

    private Task HandOut(Guid[] tasks)
    {
        if (tasks.Length == 0) return Task.CompletedTask;
        List<Guid>? left = null;
        lock (gate)
        {
            foreach (var task in tasks)
            {
                if (!TryGive(task)) (left ??= []).Add(task);
            }
        }
        return left is null ? Task.CompletedTask : Return([.. left]);
    }

    private bool TryGive(Guid task)
    {
        while (line.First is { } place)
        {
            line.RemoveFirst();
            if (place.Value.Waits && place.Value.TrySetResult(task)) return true;
        }
        return false;
    }

    private void Close(Exception failure)
    {
        lock (gate)
        {
            Closed = true;
            asked?.Dispose();
            asked = null;
            foreach (var poll in line) poll.TrySetException(failure);
            line.Clear();
        }
    }

    /// <summary>What the queue is being asked: for how many, and until when.</summary>
    private sealed class Question(int slots, DateTimeOffset until, CancellationToken stopping) : IDisposable
    {
        private readonly CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(stopping);

        public int Slots => slots;
        public DateTimeOffset Until => until;
        public CancellationToken Token => source.Token;

        public void Cancel() => source.Cancel();

        public void Dispose() => source.Dispose();
    }
}
