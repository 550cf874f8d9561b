using System.Diagnostics;
using OpenClaw.Load.Measure;
using OpenClaw.Load.Wire;

namespace OpenClaw.Load.Modes;

/// <summary>GET /worker/poll and POST /worker/result, as the Node worker speaks.</summary>
internal sealed class CompatibleWorker(LoadOptions options) : IWorkerLoop
{
    private readonly HttpConnection connection = new(options.Server);
    private readonly Requests requests = new(options.Server, options.WorkerToken);
    private readonly string printed = TaskOutput.CreateText(options.Output);

    public async Task Run(Func<Samples?> pickUp, CancellationToken cancellation)
    {
        await connection.Connect(cancellation);
        var poll = requests.Get("/worker/poll?wait=30000");
        while (!cancellation.IsCancellationRequested)
        {
            var task = await connection.Send(poll, cancellation);
            var now = Stopwatch.GetTimestamp();
            if (task.IsNull) continue;
            task.Ok("\"createdAt\""u8);
            if (JsonScan.Text(task.Body.Span, "\"id\""u8) is not { } id) continue;
            if (JsonScan.Stamp(task.Body.Span) is { } sent) pickUp()?.Add(now - sent);
            var result = requests.Post(
                "/worker/result", $$"""{"taskId":"{{id}}","stdout":"{{printed}}","stderr":"","exitCode":0,"error":null}""");
            (await connection.Send(result, cancellation)).Ok("\"success\":true"u8);
        }
    }

    public void Dispose() => connection.Dispose();
}
