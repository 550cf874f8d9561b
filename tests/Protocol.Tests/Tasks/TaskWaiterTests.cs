using System.Globalization;
using System.Net;
using Microsoft.Extensions.Time.Testing;
using OpenClaw.Protocol.Answers;
using OpenClaw.Protocol.Tasks;

namespace OpenClaw.Protocol.Tests.Tasks;

/// <summary>A task's end is waited for in calls that come through, whatever is answered in between.</summary>
public sealed class TaskWaiterTests
{
    private const string Task = "00000000-0000-0000-0000-000000000007";
    private readonly FakeTimeProvider clock = new() { AutoAdvanceAmount = TimeSpan.FromMilliseconds(1) };
    private readonly ScriptedServer server;

    public TaskWaiterTests() => server = new ScriptedServer(clock);

    [Fact]
    public async Task It_asks_in_calls_below_every_proxys_clock_until_the_task_has_ended()
    {
        server.Script = [After(25, Running), After(25, Running), After(3, Ended)];
        var answer = await Wait(TimeSpan.FromMinutes(10));
        Assert.Equal("succeeded", answer?.Value?.State);
        Assert.All(server.Waits, wait => Assert.InRange(wait, 1, 25_000));
        Assert.Equal(3, server.Waits.Count);
    }

    [Fact]
    public async Task Pages_broken_connections_and_problems_that_pass_end_nothing()
    {
        server.Script = [After(0, Page(404)), After(0, Page(200)), After(0, null), After(0, Problem(503)), After(0, Problem(401)),
            After(0, Page(413)), After(1, Ended)];
        Assert.Equal("succeeded", (await Wait(TimeSpan.FromMinutes(10)))?.Value?.State);
    }

    [Fact]
    public async Task What_is_cut_again_and_again_at_one_age_is_asked_for_less_and_without_a_pause()
    {
        server.Script = [After(10, Page(504)), After(10, Page(504)), After(8, Running), After(8, Running), After(1, Ended)];
        var began = clock.GetUtcNow();
        Assert.Equal("succeeded", (await Wait(TimeSpan.FromMinutes(10)))?.Value?.State);
        Assert.Equal([25_000, 25_000, 8_000, 8_000, 8_000], server.Waits.Select(wait => (int)Math.Round(wait / 100.0) * 100));
        Assert.InRange((clock.GetUtcNow() - began).TotalSeconds, 37, 38);
    }

    [Theory]
    [InlineData(404), InlineData(400), InlineData(403)]
    public async Task A_problem_that_stays_is_the_answer(int status)
    {
        server.Script = [After(0, Problem(status))];
        Assert.Equal(status, (await Wait(TimeSpan.FromMinutes(10)))?.Problem?.Status);
    }

    [Fact]
    public async Task When_the_time_is_over_the_task_is_answered_as_it_is_and_nothing_when_nobody_answered()
    {
        server.Script = [After(25, Running), After(5, Running)];
        Assert.Equal("running", (await Wait(TimeSpan.FromSeconds(30)))?.Value?.State);
        Assert.InRange(server.Waits[1], 4_000, 5_000);
        server.Script = [.. Enumerable.Repeat(After(20, null), 5)];
        Assert.Null(await Wait(TimeSpan.FromSeconds(30)));
    }

    private async Task<Answer<TaskView>?> Wait(TimeSpan longest)
    {
        using var http =
            new HttpClient(server, disposeHandler: false) { BaseAddress = new Uri("http://stub"), Timeout = Timeout.InfiniteTimeSpan };
        var waiting = new TaskWaiter(new TasksClient(http), clock).WaitForEnd(Task, longest);
        // Its pauses are on the clock that stands still.
        while (!waiting.IsCompleted)
        {
            await System.Threading.Tasks.Task.Yield();
            if (server.IsIdle) clock.Advance(TimeSpan.FromMilliseconds(10));
        }
        return await waiting;
    }

    private static Step After(double seconds, HttpResponseMessage? answer) => new(TimeSpan.FromSeconds(seconds), answer);

    private static HttpResponseMessage Running => View("running", "");

    private static HttpResponseMessage Ended => View("succeeded", ",\"completedAt\":1,\"exitCode\":0");

    private static HttpResponseMessage View(string state, string more) => Answer(
        200, "application/json", $$"""{"taskId":"{{Task}}","status":"{{state}}","state":"{{state}}","kind":"command"{{more}}}""");

    private static HttpResponseMessage Page(int status) => Answer(status, "text/html", "<html>");

    private static HttpResponseMessage Problem(int status) => Answer(status, "application/problem+json", string.Create(
        CultureInfo.InvariantCulture, $$"""{"type":"urn:openclaw:x","title":"t","status":{{status}},"error":"e"}"""));

    private static HttpResponseMessage Answer(int status, string type, string body) =>
        new((HttpStatusCode)status) { Content = new StringContent(body, System.Text.Encoding.UTF8, type) };

    private sealed record Step(TimeSpan Delay, HttpResponseMessage? Answer);

    /// <summary>Answers one step after the other, each after its time; null: the connection breaks.</summary>
    private sealed class ScriptedServer(FakeTimeProvider clock) : HttpMessageHandler
    {
        private int next;
        private volatile bool busy;

        public Step[] Script { get; set { (field, next) = (value, 0); Waits.Clear(); } } = [];

        public List<long> Waits { get; } = [];

        public bool IsIdle => !busy;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            busy = true;
            Waits.Add(long.Parse(request.RequestUri!.Query.Replace("?wait=", "", StringComparison.Ordinal), CultureInfo.InvariantCulture));
            var step = Script[next++];
            clock.Advance(step.Delay);
            busy = false;
            return step.Answer is { } answer ? System.Threading.Tasks.Task.FromResult(answer) : throw new HttpRequestException("reset");
        }
    }
}
