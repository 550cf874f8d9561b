using System.Text.Json;
using OpenClaw.Gateway.Tests.Hosting;

namespace OpenClaw.Gateway.Tests.Compat;

/// <summary>Faults of the original that its worker meets, wire-compat.md; each test has the fault's number and name.</summary>
[Collection(nameof(GatewayHost))]
public sealed class OriginalWorkerFaultTests(GatewayHost host)
{
    [Fact]
    public async Task Fault_02_a_poll_whose_connection_has_gone_still_claims_a_task_and_nobody_runs_it()
    {
        using var worker = new OriginalWorker(host, "fault-two");
        for (var i = 0; i < 5; i++)
        {
            using var leaves = new CancellationTokenSource();
            var poll = worker.Poll(60_000, leaves.Token);
            await Eventually.Holds(async () => await IsParked("fault-two"));
            await leaves.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => poll);
        }

        var task = await worker.Submit("""{"command":"true","worker":"fault-two"}""");
        var polled = await worker.Poll();

        Assert.Equal(task, polled?.GetProperty("id").GetString());
        var view = await worker.Read(task);
        Assert.Equal("running", view.GetProperty("status").GetString());
        Assert.Equal(1, view.GetProperty("maxAttempts").GetInt32());
    }

    [Fact]
    public async Task Fault_02_a_connection_that_goes_at_the_moment_of_the_submit_loses_no_task()
    {
        using var worker = new OriginalWorker(host, "fault-two-race");
        for (var i = 0; i < 20; i++)
        {
            using var leaves = new CancellationTokenSource();
            var poll = worker.Poll(60_000, leaves.Token);
            var submit = worker.Submit("""{"command":"true","worker":"fault-two-race"}""");
            var leave = leaves.CancelAsync();
            var task = await submit;
            await leave;
            string? got;
            try
            {
                got = (await poll)?.GetProperty("id").GetString();
            }
            catch (OperationCanceledException)
            {
                // An answer that was under way when we left may have been written into the connection that we dropped.
                got = (await worker.Poll(3_000))?.GetProperty("id").GetString() ?? await StartedFor(worker, task);
            }
            Assert.Equal(task, got);
            var (status, _) = await worker.Report($$"""{"taskId":"{{task}}","stdout":"","stderr":"","exitCode":0,"error":null}""");
            Assert.Equal(200, status);
        }
    }

    [Fact]
    public async Task Fault_03_the_first_read_of_a_result_deletes_it()
    {
        using var worker = new OriginalWorker(host, "fault-three");
        var task = await worker.Submit("""{"command":"echo hi","worker":"fault-three"}""");
        await worker.Poll();
        await worker.Report($$"""{"taskId":"{{task}}","stdout":"hi\n","stderr":"","exitCode":0,"error":null}""");

        var first = await worker.Read(task, 30_000);
        var second = await worker.Read(task);
        var third = await worker.Read(task, 1_000);

        Assert.Equal("hi\n", first.GetProperty("stdout").GetString());
        Assert.True(JsonElement.DeepEquals(first, second));
        Assert.True(JsonElement.DeepEquals(first, third));
    }

    [Theory]
    [InlineData(101)]
    [InlineData(5_000)]
    public async Task Fault_05_bodies_over_about_100_kB_are_refused_and_the_result_is_silently_lost(int kilobytes)
    {
        using var worker = new OriginalWorker(host, "fault-five");
        var task = await worker.Submit($$"""{"command":"true # {{new string('x', 150_000)}}","worker":"fault-five"}""");
        var polled = await worker.Poll();
        Assert.Equal(150_007, polled?.GetProperty("command").GetString()!.Length);
        var output = new string('o', kilobytes * 1000);

        var report = $$"""{"taskId":"{{task}}","stdout":"{{output}}","stderr":"e","exitCode":0,"error":null}""";
        var (status, answer) = await worker.Report(report);

        Assert.Equal(200, status);
        Assert.True(answer.GetProperty("success").GetBoolean());
        var view = await worker.Read(task);
        Assert.Equal(output, view.GetProperty("stdout").GetString());
        Assert.Equal(kilobytes * 1000L, view.GetProperty("stdoutBytes").GetInt64());
        Assert.Equal("e", view.GetProperty("stderr").GetString());
    }

    [Fact]
    public async Task Fault_05_output_over_what_is_kept_is_cut_and_counted_and_the_exit_code_is_not_lost()
    {
        using var worker = new OriginalWorker(host, "fault-five-cut");
        var task = await worker.Submit("""{"command":"true","worker":"fault-five-cut"}""");
        await worker.Poll();
        var body = $$"""{"taskId":"{{task}}","stdout":"{{new string('o', 20_000_000)}}","stderr":"","exitCode":7,"error":"x"}""";

        Assert.Equal(200, (await worker.Report(body)).Status);

        var view = await worker.Read(task);
        Assert.Equal(7, view.GetProperty("exitCode").GetInt32());
        Assert.Equal(20_000_000, view.GetProperty("stdoutBytes").GetInt64());
        Assert.True(view.GetProperty("truncated").GetBoolean());
        Assert.InRange(view.GetProperty("stdout").GetString()!.Length, 9_000_000, 11_000_000);
    }

    [Fact]
    public async Task Fault_12_a_result_is_posted_once_and_its_status_never_looked_at()
    {
        using var worker = new OriginalWorker(host, "fault-twelve");
        var task = await worker.Submit("""{"command":"false","worker":"fault-twelve"}""");
        await worker.Poll();
        var report = $$"""{"taskId":"{{task}}","stdout":"a","stderr":"","exitCode":1,"error":null}""";

        for (var i = 0; i < 3; i++)
        {
            var (status, answer) = await worker.Report(report);
            Assert.Equal(200, status);
            Assert.Equal("""{"success":true}""", answer.GetRawText());
        }
        var other = await worker.Report(report.Replace("\"exitCode\":1", "\"exitCode\":0", StringComparison.Ordinal));

        Assert.Equal(409, other.Status);
        Assert.NotEmpty(other.Answer.GetProperty("error").GetString()!);
        var view = await worker.Read(task);
        Assert.Equal(1, view.GetProperty("exitCode").GetInt32());
        Assert.Equal("failed", view.GetProperty("state").GetString());
        Assert.Equal("a", view.GetProperty("stdout").GetString());
    }

    [Fact]
    public async Task Fault_14_one_token_for_everybody_with_a_default_in_the_code()
    {
        using var nobody = host.Http(null);
        Assert.Equal(401, (int)(await nobody.GetAsync("/worker/poll?wait=0")).StatusCode);
        using var client = host.Http(host.ClientToken);
        Assert.Equal(403, (int)(await client.GetAsync("/worker/poll?wait=0")).StatusCode);
        using var worker = host.Http(host.WorkerToken);
        Assert.Equal("null", await worker.GetStringAsync("/worker/poll?wait=0&name=fault-fourteen"));
        Assert.Equal(403, (int)(await worker.PostAsync("/tasks", GatewayHost.Json("""{"command":"id"}"""))).StatusCode);
        Assert.Null(new GatewayOptions().SharedToken);
        foreach (var weak in new[] { "", "secret", "       7", "with a space" })
        {
            var fault = Assert.Single(new GatewayOptions { DataFolder = "x", SharedToken = weak }.Validate());
            Assert.Contains("WORKER_TOKEN", fault, StringComparison.Ordinal);
        }
    }

    private async Task<string?> StartedFor(OriginalWorker worker, string task) =>
        (await worker.Read(task)).GetProperty("status").GetString() == "running" ? task : null;

    private async Task<bool> IsParked(string name)
    {
        using var client = host.Http(host.ClientToken);
        using var answer = await client.GetAsync($"/workers/{name}");
        return answer.IsSuccessStatusCode;
    }
}
