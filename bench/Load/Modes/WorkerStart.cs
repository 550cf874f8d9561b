using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using OpenClaw.Load.Measure;

namespace OpenClaw.Load.Modes;

/// <summary>Starts a worker again and again against a server that only opens sessions: from before the spawn to its first poll.</summary>
internal static class WorkerStart
{
    private const int Rounds = 20;

    public static async Task<Report> Run(string program)
    {
        var (toSession, toPoll) = (new Samples(), new Samples());
        for (var round = 0; round < Rounds; round++)
            await Once(program, toSession, toPoll);
        var report = new Report($"start: {Rounds} starts of {Path.GetFileName(program)}, each in a new home");
        report.Add("to the session", toSession.Quantiles());
        report.Add("to the first poll", toPoll.Quantiles());
        return report;
    }

    private static async Task Once(string program, Samples toSession, Samples toPoll)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var home = Directory.CreateTempSubdirectory("openclaw-start-");
        var start = new ProcessStartInfo(program, ["run"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["WORKER_URL"] = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
        start.Environment["WORKER_TOKEN"] = "ocl_wrk_start";
        start.Environment["OPENCLAW_WORKER_HOME"] = home.FullName;
        var began = Stopwatch.GetTimestamp();
        using var worker = Process.Start(start)!;
        try
        {
            using var over = new CancellationTokenSource(TimeSpan.FromSeconds(20), TimeProvider.System);
            var polled = new TaskCompletionSource();
            while (!polled.Task.IsCompleted)
            {
                var next = listener.AcceptTcpClientAsync(over.Token).AsTask();
                if (await Task.WhenAny(next, polled.Task) == next)
                    _ = Serve(await next, began, toSession, toPoll, polled);
            }
        }
        finally
        {
            worker.Kill(entireProcessTree: true);
            await worker.WaitForExitAsync();
            home.Delete(recursive: true);
        }
    }

    private static async Task Serve(TcpClient client, long began, Samples toSession, Samples toPoll, TaskCompletionSource polled)
    {
        using (client)
        using (var reader = new StreamReader(client.GetStream(), Encoding.Latin1))
        {
            while (await reader.ReadLineAsync() is { Length: > 0 } request)
            {
                await Skip(reader);
                if (request.Contains(" /worker/poll ", StringComparison.Ordinal))
                {
                    toPoll.Add(Stopwatch.GetTimestamp() - began);
                    polled.TrySetResult();
                    return;
                }
                var opens = request.Contains(" /worker/sessions ", StringComparison.Ordinal);
                if (opens) toSession.Add(Stopwatch.GetTimestamp() - began);
                var body = opens
                    ? """{"session":"pc.1.x","epoch":1,"heartbeatEvery":15000,"lease":45000,"pollWait":50000}"""
                    : """{"attempts":{},"draining":false}""";
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
                    $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"));
            }
        }
    }

    private static async Task Skip(StreamReader reader)
    {
        var length = 0;
        while (await reader.ReadLineAsync() is { Length: > 0 } header)
        {
            if (header.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
                length = int.Parse(header.AsSpan("Content-Length:".Length), System.Globalization.CultureInfo.InvariantCulture);
        }
        var body = new char[length];
        await reader.ReadBlockAsync(body);
    }
}
