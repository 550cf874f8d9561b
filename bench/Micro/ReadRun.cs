using System.Diagnostics;
using OpenClaw.GrainInterfaces.Queues;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Ports;

namespace OpenClaw.Bench.Micro;

/// <summary>Times the reads of the store, the first and then warm ones.</summary>
internal static class ReadRun
{
    public static async Task Reads(ITaskList list, ITaskIndex index)
    {
        var query = new TaskQuery { Tenant = "default" };
        var middle = (await list.ReadPage(query with { Limit = 500 }, default)).Next;
        await Time("list", () => list.ReadPage(query, default));
        await Time("list, deep cursor", () => list.ReadPage(query with { Cursor = middle }, default));
        await Time("list, state", () => list.ReadPage(query with { States = [TaskState.Succeeded] }, default));
        await Time("list, state rare", () => list.ReadPage(query with { States = [TaskState.Lost] }, default));
        await Time("list, worker", () => list.ReadPage(query with { Worker = "studio" }, default));
        await Time("list, kind", () => list.ReadPage(query with { Kind = "command" }, default));
        var noHit = query with { Worker = "studio", Kind = "none", States = [TaskState.Succeeded] };
        await Time("list, all filters, no hit", () => list.ReadPage(noHit, default));
        await Time("count", () => list.CountAll("default", default));
        await Time("count again", () => list.CountAll("default", default));
        await Time("backlog groups", () => index.ReadBacklogGroups("default", "default", default));
        await Time("backlog 1,000",
            () => index.ReadBacklog("default", "default", new GroupName("kind:command", ""), 1_000, DateTimeOffset.MaxValue, [], default));
        await Time("delete 500 ended", () => index.DeleteEnded(DateTimeOffset.MaxValue, 500, default));
        await Time("due 100", () => index.ReadDueTasks(7, DateTimeOffset.MaxValue, 100, default));
    }

    private static async Task Time<T>(string name, Func<ValueTask<T>> read)
    {
        var first = Stopwatch.GetTimestamp();
        await read();
        var cold = Stopwatch.GetElapsedTime(first);
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < 5; i++) await read();
        var warm = Stopwatch.GetElapsedTime(start) / 5;
        Console.WriteLine($"{name,-28} first {cold.TotalMilliseconds,8:N2} ms, then {warm.TotalMilliseconds,8:N2} ms");
    }
}
