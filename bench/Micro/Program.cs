using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using OpenClaw.Bench.Micro;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Ports;
using OpenClaw.Storage;
using Orleans.Storage;

// Usage: openclaw-micro [rows=20000] [writers=1000] [folder]. Prints what the embedded store does on this machine.
var rows = args.Length > 0 ? int.Parse(args[0], null) : 20_000;
var writers = args.Length > 1 ? int.Parse(args[1], null) : 1_000;
var folder = args.Length > 2 ? args[2] : Directory.CreateTempSubdirectory("openclaw-micro-").FullName;

var services = new ServiceCollection();
services.AddLogging();
services.AddSqliteStorage(Path.Combine(folder, "openclaw.db"));
await using (var provider = services.BuildServiceProvider())
{
    var store = new StoreRun(provider.GetRequiredKeyedService<IGrainStorage>(StorageHosting.Tasks), writers);
    var warm = StoreRun.NewTasks(1_000);
    foreach (var step in StoreRun.Steps) await store.WriteAll(warm, step);

    var tasks = StoreRun.NewTasks(rows);
    foreach (var step in StoreRun.Steps)
    {
        var cpu = WriterThread.CpuMilliseconds();
        var took = await store.WriteAll(tasks, step);
        Report(step.Name, rows, took, WriterThread.CpuMilliseconds() - cpu);
    }
    await Latency(store);
    await Reads(provider.GetRequiredService<ITaskList>(), provider.GetRequiredService<ITaskIndex>());
}
Console.WriteLine($"folder {folder}: {new DirectoryInfo(folder).GetFiles().Sum(file => file.Length) >> 20} MiB");
if (args.Length <= 2) Directory.Delete(folder, recursive: true);

static void Report(string name, int count, TimeSpan took, double cpu) => Console.WriteLine(
    $"{name,-8} {count,9:N0} rows with audit in {took.TotalMilliseconds,8:N0} ms = {count / took.TotalSeconds,9:N0}/s; "
    + $"writer's CPU {cpu * 1000 / count:N1} us a row");

static async Task Latency(StoreRun store)
{
    var times = new List<double>();
    foreach (var task in StoreRun.NewTasks(500))
    {
        var start = Stopwatch.GetTimestamp();
        await store.Write(task, StoreRun.Steps[0]);
        times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }
    times.Sort();
    Console.WriteLine($"lone write p50 {times[250]:N2} ms, p99 {times[495]:N2} ms, worst {times[^1]:N2} ms");
}

static async Task Reads(ITaskList list, ITaskIndex index)
{
    var query = new TaskQuery { Tenant = "default" };
    var middle = (await list.List(query with { Limit = 500 }, default)).Next;
    await Time("list", () => list.List(query, default));
    await Time("list, deep cursor", () => list.List(query with { Cursor = middle }, default));
    await Time("list, state", () => list.List(query with { States = [TaskState.Succeeded] }, default));
    await Time("list, state rare", () => list.List(query with { States = [TaskState.Lost] }, default));
    await Time("list, worker", () => list.List(query with { Worker = "studio" }, default));
    await Time("list, kind", () => list.List(query with { Kind = "command" }, default));
    var noHit = query with { Worker = "studio", Kind = "none", States = [TaskState.Succeeded] };
    await Time("list, all filters, no hit", () => list.List(noHit, default));
    await Time("count", () => list.Count("default", default));
    await Time("count again", () => list.Count("default", default));
    await Time("backlog groups", () => index.BacklogGroups("default", "default", default));
    await Time("backlog 1,000", () => index.Backlog("default", "default", "kind:command", 1_000, DateTimeOffset.MaxValue, default));
    await Time("delete 500 ended", () => index.DeleteEnded(DateTimeOffset.MaxValue, 500, default));
    await Time("due 100", () => index.Due(7, DateTimeOffset.MaxValue, 100, default));
}

static async Task Time<T>(string name, Func<ValueTask<T>> read)
{
    var first = Stopwatch.GetTimestamp();
    await read();
    var cold = Stopwatch.GetElapsedTime(first);
    var start = Stopwatch.GetTimestamp();
    for (var i = 0; i < 5; i++) await read();
    var warm = Stopwatch.GetElapsedTime(start) / 5;
    Console.WriteLine($"{name,-28} first {cold.TotalMilliseconds,8:N2} ms, then {warm.TotalMilliseconds,8:N2} ms");
}
