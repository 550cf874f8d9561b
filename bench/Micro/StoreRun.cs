using System.Diagnostics;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Tasks;
using Orleans.Storage;

namespace OpenClaw.Bench.Micro;

/// <summary>The three row writes of a task, many tasks at once.</summary>
internal sealed class StoreRun(IGrainStorage storage, int writers)
{
    /// <summary>What the grain writes: submit, start, result.</summary>
    public static readonly (string Name, Func<TaskRecord, TaskRecord> Next)[] Steps =
    [
        ("submit", record => record),
        ("start", record => record with
        {
            State = TaskState.Running, Version = 2, Attempt = 1, Worker = "studio", Epoch = 3, StartedAt = record.CreatedAt,
            Last = record.Last! with { Trigger = "start", Attempt = 1 },
        }),
        ("result", record => record with
        {
            State = TaskState.Succeeded, Version = 3, Attempt = 1, Worker = "studio", Epoch = 3, StartedAt = record.CreatedAt,
            EndedAt = record.CreatedAt, WakeAt = null, Last = record.Last! with { Trigger = "result", Attempt = 1 },
            Outcome = new AttemptOutcome { Kind = OutcomeKind.Succeeded, Attempt = 1, ExitCode = 0, StdoutBytes = 3 },
        }),
    ];

    public static TaskRecord[] NewTasks(int count)
    {
        var now = TimeProvider.System.GetUtcNow();
        return [.. Enumerable.Range(0, count).Select(i => NewTask(now.AddTicks(i)))];
    }

    public async Task<TimeSpan> WriteAll(TaskRecord[] tasks, (string Name, Func<TaskRecord, TaskRecord> Next) step)
    {
        var next = -1;
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, writers).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var i && i < tasks.Length) await Write(tasks[i], step);
        })));
        return Stopwatch.GetElapsedTime(start);
    }

    public Task Write(TaskRecord task, (string Name, Func<TaskRecord, TaskRecord> Next) step)
    {
        var record = step.Next(task);
        var etag = record.Version == 1 ? null : (record.Version - 1).ToString((IFormatProvider?)null);
        var state = new GrainState<TaskRecord> { State = record, ETag = etag! };
        return storage.WriteStateAsync("task", Grain(task), state);
    }

    public async Task<TimeSpan> ReadAll(TaskRecord[] tasks)
    {
        var next = -1;
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, writers).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var i && i < tasks.Length)
            {
                await storage.ReadStateAsync("task", Grain(tasks[i]), new GrainState<TaskRecord>());
            }
        })));
        return Stopwatch.GetElapsedTime(start);
    }

    public async Task Latency()
    {
        var times = new List<double>();
        foreach (var task in NewTasks(500))
        {
            var start = Stopwatch.GetTimestamp();
            await Write(task, Steps[0]);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        times.Sort();
        Console.WriteLine($"lone write p50 {times[250]:N2} ms, p99 {times[495]:N2} ms, worst {times[^1]:N2} ms");
    }

    public static void Report(string name, int count, TimeSpan took, double cpu) => Console.WriteLine(
        $"{name,-8} {count,9:N0} rows in {took.TotalMilliseconds,8:N0} ms = {count / took.TotalSeconds,9:N0}/s; "
        + $"writers' CPU {cpu * 1000 / count:N1} us a row");

    private static GrainId Grain(TaskRecord task) => GrainId.Create(GrainType.Create("task"), GrainIdKeyExtensions.CreateGuidKey(task.Id));

    private static TaskRecord NewTask(DateTimeOffset at) => new()
    {
        Id = Guid.CreateVersion7(at),
        Spec = new TaskSpec { Kind = "command", Payload = "{\"command\":\"echo hello\"}"u8.ToArray(), Requires = "kind:command" },
        State = TaskState.Queued,
        Version = 1,
        CreatedAt = at,
        WakeAt = at.AddMinutes(15),
        Last = new Transition("submit", at, new Actor("abcdefghij", "127.0.0.1"), 0),
    };
}
