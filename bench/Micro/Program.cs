using Microsoft.Extensions.DependencyInjection;
using OpenClaw.Bench.Micro;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Ports;
using OpenClaw.Storage;
using OpenClaw.Storage.Postgres;
using OpenClaw.Storage.Sqlite;
using Orleans.Storage;

// Usage: openclaw-micro [rows=20000] [writers=1000] [folder | PostgreSQL connection string]. Prints what a store does on this machine.
// Or: openclaw-micro mask. Prints what masking costs the output of a task.
if (args is ["mask"])
{
    MaskRun.Measure();
    return;
}
// Or openclaw-micro tokens [times=100000]: what it costs to know a caller by its token.
if (args is ["tokens", ..])
{
    await TokenRun.Measure(args.Length > 1 ? int.Parse(args[1], null) : 100_000);
    return;
}
// Or openclaw-micro signatures [tasks=5000]: what a signed task costs.
if (args is ["signatures", ..])
{
    SignatureRun.Measure(args.Length > 1 ? int.Parse(args[1], null) : 5_000);
    return;
}

var rows = args.Length > 0 ? int.Parse(args[0], null) : 20_000;
var writers = args.Length > 1 ? int.Parse(args[1], null) : 1_000;
var at = args.Length > 2 ? args[2] : null;

var services = new ServiceCollection();
services.AddLogging();
if (at?.Contains('=', StringComparison.Ordinal) == true) await OnPostgres(at);
else await OnSqlite(at ?? Directory.CreateTempSubdirectory("openclaw-micro-").FullName);

async Task OnSqlite(string folder)
{
    services.AddSqliteStorage(Path.Combine(folder, "openclaw.db"));
    await Measure(null);
    Console.WriteLine($"folder {folder}: {new DirectoryInfo(folder).GetFiles().Sum(file => file.Length) >> 20} MiB");
    if (at is null) Directory.Delete(folder, recursive: true);
}

async Task OnPostgres(string connection)
{
    await using var server = new ServerCounters(connection);
    await server.Prepare();
    services.AddPostgresStorage(connection);
    await Measure(server);
}

async Task Measure(ServerCounters? server)
{
    await using var provider = services.BuildServiceProvider();
    var store = new StoreRun(provider.GetRequiredKeyedService<IGrainStorage>(StorageHosting.Tasks), writers);
    var warm = StoreRun.NewTasks(1_000);
    foreach (var step in StoreRun.Steps) await store.WriteAll(warm, step);

    var tasks = StoreRun.NewTasks(rows);
    if (server is not null) await server.Begin();
    foreach (var step in StoreRun.Steps)
    {
        var cpu = WriterThread.CpuMilliseconds();
        var took = await store.WriteAll(tasks, step);
        StoreRun.Report(step.Name, rows, took, WriterThread.CpuMilliseconds() - cpu);
    }
    if (server is not null) await server.Report(rows);
    StoreRun.Report("find", rows, await store.ReadAll(tasks), 0);
    await store.Latency();
    await ReadRun.Reads(provider.GetRequiredService<ITaskList>(), provider.GetRequiredService<ITaskIndex>());
}
