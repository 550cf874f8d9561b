using System.Diagnostics;
using System.Text;
using OpenClaw.Load.Measure;
using OpenClaw.Load.Wire;

namespace OpenClaw.Load.Modes;

/// <summary>The session protocol: poll, start, result.</summary>
internal sealed class SessionWorker(LoadOptions options, int number, params string[] labels) : IWorkerLoop
{
    private readonly HttpConnection connection = new(options.Server);
    private readonly Requests requests = new(options.Server, options.WorkerToken);
    private readonly string printed = TaskOutput.CreateChunks(options.Output);

    /// <summary>Tasks it took that do not say when they were sent.</summary>
    public int Unstamped { get; private set; }

    public async Task Run(Func<Samples?> pickUp, CancellationToken cancellation)
    {
        await connection.Connect(cancellation);
        var session = await Open(cancellation);
        var poll = requests.Post("/worker/poll", $$"""{"session":"{{session}}","freeSlots":1,"held":[],"wait":30000}""");
        while (!cancellation.IsCancellationRequested)
        {
            var answer = (await connection.Send(poll, cancellation)).Ok("\"offers\""u8);
            var now = Stopwatch.GetTimestamp();
            if (JsonScan.Text(answer.Body.Span, "\"attemptId\""u8) is not { } attempt) continue;
            if (JsonScan.Stamp(answer.Body.Span) is { } sent) pickUp()?.Add(now - sent);
            else Unstamped++;
            var start = requests.Post($"/worker/attempts/{attempt}/start", $$"""{"session":"{{session}}"}""");
            (await connection.Send(start, cancellation)).Ok(Encoding.UTF8.GetBytes(attempt));
            // Not always the same: all workers would end together, and a wait for the next free one would be a wait for a whole task.
            var time = options.TaskTime * 2 * Random.Shared.NextDouble();
            if (time > TimeSpan.Zero) await Task.Delay(time, TimeProvider.System, CancellationToken.None);
            var result = requests.Post(
                $"/worker/attempts/{attempt}/result",
                $$"""
                {"session":"{{session}}","outcome":"succeeded","exitCode":0,"stdoutBytes":{{options.Output}},"stderrBytes":0,
                 "output":{{printed}}}
                """);
            (await connection.Send(result, cancellation)).Ok("\"fate\""u8);
        }
    }

    public void Dispose() => connection.Dispose();

    private async ValueTask<string> Open(CancellationToken cancellation)
    {
        var offered = string.Join(',', labels.Select(label => $"\"{label}\""));
        var json = $$"""
            {"name":"load-{{number}}","instance":"load-{{number}}","kinds":["command"],"labels":[{{offered}}],
             "os":"linux","arch":"x64","maxConcurrent":1}
            """;
        var answer = (await connection.Send(requests.Post("/worker/sessions", json), cancellation)).Ok("\"session\""u8);
        return JsonScan.Text(answer.Body.Span, "\"session\""u8) ?? throw new IOException("No session in the answer.");
    }
}
