using System.Net;
using OpenClaw.Gateway.Tests.Hosting;

namespace OpenClaw.Gateway.Tests.Compat;

/// <summary>Faults of the original, by their number in the wire contract, that show on the client's side.</summary>
public sealed class FaultTests(LiveGateway gateway) : IClassFixture<LiveGateway>
{
    [Fact]
    public async Task Fault_1_a_restart_loses_no_task_and_no_result()
    {
        await using var own = await LiveGateway.Start();
        var done = await own.Shared.Submit("""{"command":"one"}""");
        await own.Shared.Get("/worker/poll?wait=20000");
        await own.Shared.Post("/worker/result", $$"""{"taskId":"{{done}}","stdout":"kept","stderr":"","exitCode":0,"error":null}""");
        var queued = await own.Shared.Submit("""{"command":"two"}""");

        await own.Restart();

        Assert.Equal("kept", (await own.Shared.Get($"/tasks/{done}")).Body.Text("stdout"));
        Assert.Equal("pending", (await own.Shared.Get($"/tasks/{queued}")).Body.Text("status"));
        Assert.Equal(queued, (await own.Shared.Get("/worker/poll?wait=20000")).Body.Text("id"));
    }

    [Fact]
    public async Task Fault_3_a_result_can_be_read_again_and_by_others()
    {
        var worker = await SessionWorker.Open(gateway);
        var id = await gateway.Client.Submit($$"""{"command":"id","worker":"{{worker.Name}}"}""");
        await worker.Finish(await worker.Take(), stdout: "again");

        // Many at once: an ended task keeps no activation, so each of them may meet one that is just going.
        var readers = await Task.WhenAll(Enumerable.Range(0, 60).Select(i =>
            (i % 2 == 0 ? gateway.Client : gateway.Admin).Get(i % 3 == 0 ? $"/tasks/{id}" : $"/tasks/{id}?wait=1000")));
        Assert.All(readers, reader => Assert.True(reader.Status == HttpStatusCode.OK, $"{reader.Body} {gateway.Failures}"));
        Assert.All(readers, reader => Assert.Equal(("again", readers[0].Body.ToString()),
            (reader.Body.Text("stdout"), reader.Body.ToString())));
    }

    [Fact]
    public async Task Fault_4_a_timeout_over_15_minutes_is_taken_and_handed_on()
    {
        var worker = await SessionWorker.Open(gateway);
        var hour = TimeSpan.FromHours(1).TotalMilliseconds;
        var id = await gateway.Client.Submit($$"""{"command":"id","worker":"{{worker.Name}}","timeout":{{hour}},"startWithin":{{hour}}}""");
        var offer = await worker.Take();

        Assert.Equal((long)hour, offer.Timeout);
        Assert.Equal((long)hour, (await gateway.Client.Get($"/tasks/{id}")).Body.GetProperty("timeoutMs").GetInt64());
    }

    [Fact]
    public async Task Fault_5_a_body_over_100_kB_is_taken_and_its_result_too()
    {
        var content = new string('x', 3_000_000);
        var id = await gateway.Shared.Submit($$"""{"path":"/tmp/large","content":"{{content}}"}""", "/files/write");
        var (_, polled) = await gateway.Shared.Get("/worker/poll?wait=20000");
        Assert.Equal((id, content.Length), (polled.Text("id"), polled.Text("content")!.Length));

        var (status, _) = await gateway.Shared.Post("/worker/result",
            $$"""{"taskId":"{{id}}","stdout":"{{content}}","stderr":"","exitCode":0,"error":null}""");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(content, (await gateway.Shared.Get($"/tasks/{id}")).Body.Text("stdout"));
    }

    [Theory, InlineData(""), InlineData("output")]
    public async Task A_result_is_of_no_task_when_that_has_not_begun_or_is_another_kind_of_worker_s(string stdout)
    {
        var worker = await SessionWorker.Open(gateway);
        var id = await gateway.Client.Submit($$"""{"command":"id","worker":"{{worker.Name}}"}""");
        var result = $$"""{"taskId":"{{id}}","stdout":"{{stdout}}","stderr":"","exitCode":0,"error":null}""";

        Assert.Equal(HttpStatusCode.NotFound, (await gateway.Shared.Post("/worker/result", result)).Status);
        Assert.Equal("pending", (await gateway.Client.Get($"/tasks/{id}")).Body.Text("status"));
        var offer = await worker.Take();
        Assert.Equal(HttpStatusCode.Conflict, (await gateway.Shared.Post("/worker/result", result)).Status);
        await worker.Finish(offer, stdout: "its own");
        Assert.Equal("its own", (await gateway.Client.Get($"/tasks/{id}")).Body.Text("stdout"));
    }

    [Fact]
    public async Task Fault_6_a_task_goes_to_the_pc_it_names()
    {
        var (one, other) = (await SessionWorker.Open(gateway), await SessionWorker.Open(gateway));
        var forOther = await gateway.Client.Submit($$"""{"command":"id","worker":"{{other.Name}}"}""");
        var forOne = await gateway.Client.Submit($$"""{"command":"id","worker":"{{one.Name}}"}""");

        Assert.Equal(forOne, (await one.Take()).TaskId);
        Assert.Equal(forOther, (await other.Take()).TaskId);
    }

    [Fact]
    public async Task Fault_6_a_submit_answers_the_poll_that_waits_for_it()
    {
        var worker = await SessionWorker.Open(gateway);
        var take = worker.NextOffer();
        var id = await gateway.Client.Submit($$"""{"command":"id","worker":"{{worker.Name}}"}""");

        // How soon is measured by bench/Load.
        Assert.Equal(id, (await take).TaskId);
    }
}
