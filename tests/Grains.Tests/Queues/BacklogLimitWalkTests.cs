using OpenClaw.GrainInterfaces.Queues;
using OpenClaw.Grains.Ports;
using OpenClaw.Grains.Queues;

namespace OpenClaw.Grains.Tests.Queues;

/// <summary>
/// All orders of eight events over three tasks of a token with a limit, and one of a token without: polls, starts, ends that are told and
/// ends that are not, pauses, offers that come back, and reads of the table that are under way meanwhile.
/// </summary>
public sealed class BacklogLimitWalkTests
{
    private const int Depth = 8;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Never_do_more_run_than_may_and_none_waits_for_nothing(int most)
    {
        var walked = 0;
        var path = new List<int>();
        Walk();
        Assert.True(walked > 10_000, $"{walked} orders");

        void Walk()
        {
            for (var step = 0; step < World.Steps; step++)
            {
                var world = new World(most);
                foreach (var before in path) world.TryStep(before);
                if (!world.TryStep(step)) continue;
                walked++;
                Assert.True(world.Fault is null, $"{world.Fault} after {string.Join(' ', path)} {step}");
                if (path.Count + 1 == Depth) continue;
                path.Add(step);
                Walk();
                path.RemoveAt(path.Count - 1);
            }
        }
    }

    private enum Life
    {
        Waiting = 0,
        Offered = 1,
        Running = 2,
        Paused = 3,
        Ended = 4,
    }

    private sealed class World
    {
        private const int Tasks = 3;

        /// <summary>A poll, a read that begins, one that is applied, and six that a task can meet.</summary>
        public const int Steps = 3 + (Tasks * 6);

        private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        private static readonly QueueEntry[] Entries = [.. Enumerable.Range(0, Tasks)
            .Select(i => new QueueEntry(new Guid(i + 1, 0, 0, new byte[8]), "", 0, Noon.AddSeconds(i), null, "t"))];

        private static readonly QueueEntry Other = new(new Guid(9, 0, 0, new byte[8]), "", 0, Noon.AddMinutes(1), null, "other");
        private readonly Backlog backlog = new(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(5));
        private readonly Life[] lives = new Life[Tasks];
        private readonly int most;
        private (long Since, Guid[] Running)? read;

        /// <summary>Ends that nobody told of, since the last read that was applied, or since the one under way began.</summary>
        private int untold;

        private int untoldInRead;
        private bool otherWaits = true;

        public World(int most)
        {
            this.most = most;
            backlog.ApplyLimits([new RunningLoad("t", most, [])], 0);
            foreach (var entry in Entries) backlog.Add(entry);
            backlog.Add(Other);
        }

        public string? Fault { get; private set; }

        public bool TryStep(int step) => step switch
        {
            0 => Poll(),
            1 => BeginRead(),
            2 => EndRead(),
            _ => TryMove((step - 3) % Tasks, (step - 3) / Tasks),
        };

        private bool Poll()
        {
            var offered = backlog.OfferBest("w", 1, "", Noon)?.Task;
            var counts = lives.Count(life => life is Life.Offered or Life.Running);
            if (offered is null)
            {
                if (otherWaits) Fault = "another token's task waits";
                if (untold == 0 && counts < most && lives.Contains(Life.Waiting)) Fault = "there is room, and a task waits";
            }
            else if (offered == Other.Task)
            {
                otherWaits = false;
            }
            else
            {
                var task = Array.FindIndex(Entries, entry => entry.Task == offered);
                if (lives[task] != Life.Waiting) Fault = "what does not wait was offered";
                if (Array.IndexOf(lives, Life.Waiting) != task) Fault = "not the first";
                if (counts >= most) Fault = "one too many";
                lives[task] = Life.Offered;
            }
            return true;
        }

        private bool BeginRead()
        {
            if (read is not null) return false;
            var running = Enumerable.Range(0, Tasks).Where(i => lives[i] == Life.Running).Select(i => Entries[i].Task);
            (read, untoldInRead) = ((backlog.BeginRead(), [.. running]), 0);
            return true;
        }

        private bool EndRead()
        {
            if (read is not { } found) return false;
            backlog.ApplyLimits([new RunningLoad("t", most, found.Running)], found.Since);
            backlog.EndRead();
            (read, untold) = (null, untoldInRead);
            return true;
        }

        private bool TryMove(int task, int move)
        {
            var id = Entries[task].Task;
            var (from, to) = move switch
            {
                0 => (Life.Offered, Life.Waiting),
                1 => (Life.Offered, Life.Running),
                2 => (Life.Running, Life.Ended),
                3 => (Life.Running, Life.Ended),
                4 => (Life.Running, Life.Paused),
                _ => (Life.Paused, Life.Waiting),
            };
            if (lives[task] != from) return false;
            lives[task] = to;
            if (move == 0) backlog.ReturnOffers([id]);
            else if (move == 1) backlog.Remove(id, null, ended: false);
            else if (move is 2 or 4) backlog.Remove(id, null, ended: true);
            else if (move == 5) backlog.Add(Entries[task]);
            else (untold, untoldInRead) = (untold + 1, untoldInRead + 1);
            return true;
        }
    }
}
