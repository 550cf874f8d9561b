using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.Gateway.Tests.Workers;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Tasks;
using Orleans.Storage;
using SessionWorker = OpenClaw.Gateway.Tests.Workers.SessionWorker;

namespace OpenClaw.Gateway.Tests.Attempts;

/// <summary>
/// A result that comes after its task was given up: all of its output is kept beside the end, and the end stays as it was read.
/// </summary>
[Collection(nameof(GatewayHost))]
public sealed class LateOutputTests(GatewayHost host)
{
    [Fact]
    public async Task Output_that_comes_after_the_end_is_kept_with_the_late_result()
    {
        var (task, attempt, pc) = await Lost("late", ("stdout", 0, 0, "abc"), ("stderr", 1, 0, "!"));
        var end = await pc.Read(task);
        Assert.Equal(("lost", "abc", "!"), (Text(end, "state"), Text(end, "stdout"), Text(end, "stderr")));

        Assert.Equal(200, (await pc.Output(attempt, ("stderr", 1, 0, "!"), ("stdout", 2, 3, "def"))).Status);
        Assert.Equal(200, (await pc.Output(attempt, ("stdout", 2, 3, "def"))).Status);
        Assert.Equal("urn:openclaw:output-gap", Text((await pc.Output(attempt, ("stdout", 7, 9, "x"))).Answer, "type"));
        AssertSame(end, await pc.Read(task));
        var result = await pc.Result(attempt, "succeeded", 0, ("stdout", 3, 6, "ghi"));
        Assert.Equal(("late", "lost"), (result.Answer.GetProperty("fate").GetString(), result.Answer.GetProperty("state").GetString()));

        var after = await pc.Read(task);
        AssertSame(end, after);
        var late = after.GetProperty("lateResult");
        Assert.Equal(("succeeded", "abcdefghi", "!", 9L), (Text(late, "outcome"), Text(late, "stdout"), Text(late, "stderr"), Bytes(late)));
        Assert.Equal("duplicate", Text((await pc.Result(attempt, "succeeded", 0, ("stdout", 3, 6, "ghi"))).Answer, "fate"));
        Assert.Equal(409, (await pc.Output(attempt, ("stdout", 4, 9, "more"))).Status);
        Assert.Equal(late.GetRawText(), (await pc.Read(task)).GetProperty("lateResult").GetRawText());
    }

    [Fact]
    public async Task The_bytes_of_a_late_result_are_read_like_any_others()
    {
        var (task, attempt, pc) = await Lost("late-bytes", ("stdout", 0, 0, "abc"));
        await pc.Result(attempt, "failed", 3, ("stdout", 1, 3, "def"));
        using var client = host.Http(host.ClientToken);

        Assert.Equal("abc", await client.GetStringAsync($"/tasks/{task}/output"));
        Assert.Equal("abcdef", await client.GetStringAsync($"/tasks/{task}/output?late=true"));
        Assert.Equal("ef", await client.GetStringAsync($"/tasks/{task}/output?late=true&offset=4"));
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/tasks/{task}/output?late=true");
        request.Headers.Accept.ParseAdd("application/json");
        using var answer = await client.SendAsync(request);
        var page = JsonElement.Parse(await answer.Content.ReadAsByteArrayAsync());
        var first = page.GetProperty("chunks")[0];
        using var next =
            new HttpRequestMessage(HttpMethod.Get, $"/tasks/{task}/output?late=true&sequence={page.GetProperty("nextSequence")}");
        next.Headers.Accept.ParseAdd("application/json");
        using var rest = await client.SendAsync(next);
        var last = JsonElement.Parse(await rest.Content.ReadAsByteArrayAsync());
        Assert.Equal(("abc", "def", true),
            (Text(first, "text"), Text(last.GetProperty("chunks")[0], "text"), last.GetProperty("ended").GetBoolean()));
    }

    [Theory]
    [InlineData("late=yes")]
    [InlineData("late=true&follow=true")]
    public async Task A_wrong_question_is_400(string query)
    {
        using var pc = await SessionWorker.Open(host, "late-question");
        var task = await pc.Submit("""{"command":"true","worker":"late-question"}""");
        using var client = host.Http(host.ClientToken);
        using var answer = await client.GetAsync($"/tasks/{task}/output?{query}");
        Assert.Equal(400, (int)answer.StatusCode);
    }

    [Fact]
    public async Task The_original_protocols_late_output_is_kept_too()
    {
        using var old = host.Http(GatewayHost.SharedToken);
        var submitted = await Post(old, "/tasks", """{"command":"true","worker":"late-compat"}""");
        var task = Text(submitted, "taskId")!;
        await old.GetStringAsync("/worker/poll?wait=20000&name=late-compat");
        await GiveUp(task);

        await Post(old, "/worker/result", $$"""{"taskId":"{{task}}","stdout":"all","stderr":"of it","exitCode":0,"error":null}""");

        var view = JsonElement.Parse(await old.GetStringAsync($"/tasks/{task}"));
        Assert.Equal(("lost", ""), (Text(view, "state"), Text(view, "stdout")));
        var late = view.GetProperty("lateResult");
        Assert.Equal(("succeeded", "all", "of it"), (Text(late, "outcome"), Text(late, "stdout"), Text(late, "stderr")));
    }

    [Theory]
    [InlineData("output")]
    [InlineData("result")]
    public async Task An_end_that_comes_while_output_is_on_its_way_keeps_it_beside_itself(string call)
    {
        // The task's grain remembers a running task; its row has ended, as when the end is committed between two steps of one call.
        var name = "late-race-" + call;
        using var pc = await SessionWorker.Open(host, name);
        var (task, attempt) = await Start(pc, name);
        await GiveUp(task);

        if (call == "output") Assert.Equal(200, (await pc.Output(attempt, ("stdout", 0, 0, "abc"))).Status);
        Printed[] rest = call == "output" ? [] : [("stdout", 0, 0, "abc")];
        var taken = await pc.Result(attempt, "succeeded", 0, rest);
        // A write that met another one: every caller makes the call again.
        if (taken.Status == 503) taken = await pc.Result(attempt, "succeeded", 0, rest);

        Assert.Equal("late", Text(taken.Answer, "fate"));
        using var client = host.Http(host.ClientToken);
        Assert.Equal("", await client.GetStringAsync($"/tasks/{task}/output"));
        Assert.Equal("abc", await client.GetStringAsync($"/tasks/{task}/output?late=true"));
    }

    /// <summary>A task that printed something and was given up when its worker came back without it.</summary>
    private async Task<(string Task, string Attempt, SessionWorker Pc)> Lost(string name, params Printed[] printed)
    {
        using var before = await SessionWorker.Open(host, name);
        var (task, attempt) = await Start(before, name);
        Assert.Equal(200, (await before.Output(attempt, printed)).Status);
        return (task, attempt, await SessionWorker.Open(host, name));
    }

    private static async Task<(string Task, string Attempt)> Start(SessionWorker pc, string name)
    {
        var task = await pc.Submit($$"""{"command":"true","worker":"{{name}}"}""");
        var attempt = (await pc.Poll()).GetProperty("offers").EnumerateArray().Single().GetProperty("attemptId").GetString()!;
        Assert.Equal(200, (await pc.Post($"/worker/attempts/{attempt}/start", "")).Status);
        return (task, attempt);
    }

    /// <summary>Ends the task as lost, behind the back of its grain.</summary>
    private async Task GiveUp(string task)
    {
        var storage = host.Services.GetRequiredKeyedService<IGrainStorage>("tasks");
        var id = host.Grains.GetGrain<ITaskGrain>(Guid.Parse(task)).GetGrainId();
        var state = new GrainState<TaskRecord>();
        await storage.ReadStateAsync("task", id, state);
        var now = DateTimeOffset.UnixEpoch.AddYears(60);
        state.State = state.State! with
        {
            State = TaskState.Lost,
            Reason = "worker-unreachable",
            EndedAt = now,
            WakeAt = null,
            Version = state.State.Version + 1,
            Last = new Transition("tick", now, Actor.System, state.State.Attempt),
        };
        await storage.WriteStateAsync("task", id, state);
    }

    private static void AssertSame(JsonElement end, JsonElement again)
    {
        foreach (var member in end.EnumerateObject().Where(member => member.Name != "version"))
            Assert.Equal((member.Name, member.Value.GetRawText()), (member.Name, again.GetProperty(member.Name).GetRawText()));
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static long Bytes(JsonElement late) => late.GetProperty("stdoutBytes").GetInt64();

    private static async Task<JsonElement> Post(HttpClient http, string path, string json)
    {
        using var answer = await http.PostAsync(path, GatewayHost.Json(json));
        Assert.Equal(200, (int)answer.StatusCode);
        return JsonElement.Parse(await answer.Content.ReadAsByteArrayAsync());
    }
}
