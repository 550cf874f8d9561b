using System.CommandLine;
using OpenClaw.Load;
using OpenClaw.Load.Modes;

var mode = new Argument<string>("mode") { Description = "throughput, sessions, pickup, idle, backlog, flood, stream or start" };
mode.AcceptOnlyFromAmong("throughput", "sessions", "pickup", "idle", "backlog", "flood", "stream", "start");
var url = new Option<string>("--url") { Description = "The server.", DefaultValueFactory = _ => "http://127.0.0.1:3456" };
var data = new Option<DirectoryInfo?>("--data") { Description = "The server's data folder, for its tokens." };
var token = new Option<string?>("--token") { Description = "Client token, instead of --data." };
var workerToken = new Option<string?>("--worker-token") { Description = "Worker token, instead of --data." };
var otherToken = new Option<string>("--other-token") { Description = "flood: another client's token.", DefaultValueFactory = _ => "" };
var pid = new Option<int[]>("--pid") { Description = "A process of the server to measure; several may be.", DefaultValueFactory = _ => [] };
var clients = new Option<int>("--clients") { DefaultValueFactory = _ => 64 };
var workers = new Option<int>("--workers") { DefaultValueFactory = _ => 32 };
var polls = new Option<int>("--polls") { Description = "idle: polls to hold.", DefaultValueFactory = _ => 5000 };
var backlog = new Option<int>("--backlog") { Description = "backlog, flood: queued tasks.", DefaultValueFactory = _ => 200_000 };
var output = new Option<int>("--output") { Description = "Bytes that a task prints.", DefaultValueFactory = _ => 200 };
var taskTime = new Option<int>("--task-time") { Description = "flood: ms a task runs on average.", DefaultValueFactory = _ => 100 };
var rate = new Option<int>("--rate") { Description = "flood: the other's tasks/s.", DefaultValueFactory = _ => 20 };
var readers = new Option<int>("--readers") { Description = "stream: who follow.", DefaultValueFactory = _ => 2 };
var megabytes = new Option<int>("--megabytes") { Description = "stream: output to print.", DefaultValueFactory = _ => 100 };
var warmUp = new Option<double>("--warm-up") { Description = "Seconds.", DefaultValueFactory = _ => 5 };
var seconds = new Option<double>("--seconds") { Description = "Measured window.", DefaultValueFactory = _ => 10 };
var program = new Option<string?>("--program") { Description = "start: the worker to start." };
var json = new Option<bool>("--json") { Description = "One JSON object instead of a table." };

var root = new RootCommand("Load for an OpenClaw server; docs/performance.md.")
{
    mode, url, data, token, workerToken, otherToken, pid, clients, workers, polls, backlog, output, taskTime, rate, readers, megabytes,
    warmUp, seconds, program, json,
};
root.SetAction(async (parsed, _) =>
{
    if (parsed.GetValue(mode) == "start")
    {
        var starts = await WorkerStart.Run(Path.GetFullPath(parsed.GetValue(program) ?? throw new ArgumentException("Give --program.")));
        Console.WriteLine(parsed.GetValue(json) ? starts.ToJson() : starts.ToTable());
        return 0;
    }
    var options = new LoadOptions
    {
        Server = new Uri(parsed.GetValue(url)!),
        ClientToken = parsed.GetValue(token) ?? TokenOf(parsed.GetValue(data), "client"),
        WorkerToken = parsed.GetValue(workerToken) ?? TokenOf(parsed.GetValue(data), "worker"),
        OtherToken = parsed.GetValue(otherToken)!,
        Output = parsed.GetValue(output),
        TaskTime = parsed.GetValue(mode) == "flood" ? TimeSpan.FromMilliseconds(parsed.GetValue(taskTime)) : TimeSpan.Zero,
        Rate = parsed.GetValue(rate),
        Pids = parsed.GetValue(pid)!,
        Clients = parsed.GetValue(clients),
        Workers = parsed.GetValue(workers),
        Polls = parsed.GetValue(polls),
        Backlog = parsed.GetValue(backlog),
        Readers = parsed.GetValue(readers),
        Megabytes = parsed.GetValue(megabytes),
        WarmUp = TimeSpan.FromSeconds(parsed.GetValue(warmUp)),
        Window = TimeSpan.FromSeconds(parsed.GetValue(seconds)),
    };
    var report = parsed.GetValue(mode) switch
    {
        "throughput" => await Throughput.Run(options, sessions: false),
        "sessions" => await Throughput.Run(options, sessions: true),
        "pickup" => await PickUp.Run(options),
        "idle" => await Idle.Run(options),
        "flood" => await Flood.Run(options),
        "stream" => await OutputStream.Run(options),
        _ => await Backlog.Run(options),
    };
    Console.WriteLine(parsed.GetValue(json) ? report.ToJson() : report.ToTable());
    return 0;
});
return await root.Parse(args).InvokeAsync();

static string TokenOf(DirectoryInfo? folder, string role)
{
    if (folder is null) throw new ArgumentException($"Give --data, or the {role} token.");
    return File.ReadLines(Path.Combine(folder.FullName, "tokens"))
        .First(l => l.StartsWith(role + "=", StringComparison.Ordinal))[(role.Length + 1)..];
}
