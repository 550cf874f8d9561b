using System.Diagnostics;
using OpenClaw.Load.Measure;
using OpenClaw.Load.Wire;

namespace OpenClaw.Load.Modes;

/// <summary>A client on its own connection: submits, waits for the end, as existing clients do.</summary>
internal sealed class Submitter(LoadOptions options) : IDisposable
{
    private readonly HttpConnection connection = new(options.Server);
    private readonly Requests requests = new(options.Server, options.ClientToken);

    public ValueTask Connect(CancellationToken cancellation) => connection.Connect(cancellation);

    /// <summary>Submits a task that carries the time of its sending, and waits for its end.</summary>
    public async ValueTask RoundTrip(Samples? into, CancellationToken cancellation)
    {
        var sent = Stopwatch.GetTimestamp();
        await RunTask($$"""{"command":": stamp-{{sent}}","timeout":30000}""", cancellation);
        into?.Add(Stopwatch.GetTimestamp() - sent);
    }

    /// <summary>Submits a task and waits for its end.</summary>
    public async ValueTask RunTask(string json, CancellationToken cancellation)
    {
        var id = await Submit(json, cancellation);
        while (true)
        {
            var answer = (await connection.Send(requests.Get($"/tasks/{id}?wait=30000"), cancellation)).Ok("\"taskId\""u8);
            if (answer.Body.Span.IndexOf("\"exitCode\""u8) >= 0) return;
        }
    }

    public async ValueTask<string> Submit(string json, CancellationToken cancellation)
    {
        var answer = (await connection.Send(requests.Post("/tasks", json), cancellation)).Ok("\"taskId\""u8);
        return JsonScan.Text(answer.Body.Span, "\"taskId\""u8) ?? throw new IOException("No taskId in the answer.");
    }

    public async ValueTask Get(string id, CancellationToken cancellation) =>
        (await connection.Send(requests.Get($"/tasks/{id}"), cancellation)).Ok("\"taskId\""u8);

    public void Dispose() => connection.Dispose();
}
