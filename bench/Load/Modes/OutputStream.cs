using System.Diagnostics;
using System.Text;
using OpenClaw.Load.Measure;
using OpenClaw.Load.Wire;

namespace OpenClaw.Load.Modes;

/// <summary>One worker of the session protocol prints, some readers follow the bytes: how fast, and how much memory it takes.</summary>
internal static class OutputStream
{
    private const int WarmUp = 20;

    public static async Task<Report> Run(LoadOptions options)
    {
        var servers = options.Pids.Select(pid => new ServerProcess(pid)).ToArray();
        if (options.WarmUp > TimeSpan.Zero) await Stream(options, WarmUp);
        var cpu = servers.Select(server => server.CpuSeconds()).ToArray();
        var own = Environment.CpuUsage.TotalTime;
        var (written, read, bytes, received, calls) = await Stream(options, options.Megabytes);

        var report = new Report($"stream: {options.Megabytes} MB, {options.Readers} readers");
        report.Add("written", bytes / 1e6 / written.TotalSeconds, "MB/s");
        report.Add("until the last reader has the end", bytes / 1e6 / read.TotalSeconds, "MB/s");
        report.Add("call", calls.Quantiles());
        for (var i = 0; i < received.Length; i++) report.Add($"reader {i + 1} received", received[i] / 1e6, "MB");
        for (var i = 0; i < servers.Length; i++)
        {
            report.Add($"{servers[i].Name} CPU", servers[i].CpuSeconds() - cpu[i], "s");
            report.Add($"{servers[i].Name} peak RSS", servers[i].PeakRssKib() / 1024.0, "MiB");
        }
        report.Add("own CPU", (Environment.CpuUsage.TotalTime - own).TotalSeconds, "s");
        return report;
    }

    private static async Task<(TimeSpan Written, TimeSpan Read, long Bytes, long[] Received, Samples Calls)> Stream(
        LoadOptions options, int megabytes)
    {
        using var connection = new HttpConnection(options.Server);
        await connection.Connect(default);
        var worker = new Requests(options.Server, options.WorkerToken);
        var (session, task, attempt) = await Begin(options, connection, worker);
        var readers = await Task.WhenAll(Enumerable.Range(0, options.Readers).Select(_ => Follow(options, task)));
        var body = new OutputBody(options.Server, options.WorkerToken, session, attempt);
        var calls = new Samples();
        var count = (megabytes * 1_000_000L + OutputBody.Bytes - 1) / OutputBody.Bytes;
        var bytes = count * OutputBody.Bytes;
        var began = Stopwatch.GetTimestamp();
        for (var i = 0L; i < count; i++)
        {
            var sent = Stopwatch.GetTimestamp();
            (await connection.Send(body.Next(), default)).Ok("\"next\""u8);
            calls.Add(Stopwatch.GetTimestamp() - sent);
        }
        var written = Stopwatch.GetElapsedTime(began);
        (await connection.Send(
            worker.Post($"/worker/attempts/{attempt}/result",
                $$"""{"session":"{{session}}","outcome":"succeeded","exitCode":0,"stdoutBytes":{{bytes}},"stderrBytes":0}"""),
            default)).Ok("\"fate\""u8);
        var received = await Task.WhenAll(readers.Select(reader => reader.Count));
        foreach (var (reader, _) in readers) reader.Dispose();
        return (written, Stopwatch.GetElapsedTime(began), bytes, received, calls);
    }

    private static async Task<(string Session, string Task, string Attempt)> Begin(
        LoadOptions options, HttpConnection connection, Requests worker)
    {
        var name = $"load-stream-{Environment.ProcessId}";
        var open = $$"""{"name":"{{name}}","instance":"{{name}}","kinds":["command"],"os":"linux","arch":"x64","maxConcurrent":1}""";
        var session = Text(await connection.Send(worker.Post("/worker/sessions", open), default), "\"session\""u8);
        var client = new Requests(options.Server, options.ClientToken);
        var submit = client.Post("/tasks", $$"""{"command":": stream","worker":"{{name}}","timeout":600000}""");
        var task = Text(await connection.Send(submit, default), "\"taskId\""u8);
        var poll = worker.Post("/worker/poll", $$"""{"session":"{{session}}","freeSlots":1,"held":[],"wait":30000}""");
        var attempt = Text(await connection.Send(poll, default), "\"attemptId\""u8);
        var start = worker.Post($"/worker/attempts/{attempt}/start", $$"""{"session":"{{session}}"}""");
        (await connection.Send(start, default)).Ok(Encoding.UTF8.GetBytes(attempt));
        return (session, task, attempt);
    }

    private static async Task<(Wire.StreamReader Reader, Task<long> Count)> Follow(LoadOptions options, string task)
    {
        var reader = new Wire.StreamReader(options.Server);
        await reader.Open(new Requests(options.Server, options.ClientToken).Get($"/tasks/{task}/output?follow=true"), default);
        return (reader, Task.Run(() => reader.Count(default)));
    }

    private static string Text(Answer answer, ReadOnlySpan<byte> name) =>
        JsonScan.Text(answer.Ok(name).Body.Span, name) ?? throw new IOException("The answer lacks a field.");
}
