using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using OpenClaw.Bench.Micro;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Ports;
using OpenClaw.Storage.Sqlite;
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
    await ReadRun.Reads(provider.GetRequiredService<ITaskList>(), provider.GetRequiredService<ITaskIndex>());
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
