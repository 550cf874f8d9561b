using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.Telemetry.Tests;

/// <summary>One trace from the client's request to the process on the PC.</summary>
[Collection(MeasuredCollection.Name)]
public sealed class TraceTests(MeasuredServer server)
{
    private const string CallersSpan = "b7ad6b7169203331";

    [Fact]
    public async Task The_command_hangs_below_the_request_which_hangs_below_the_client()
    {
        var trace = ActivityTraceId.CreateRandom().ToHexString();
        var printed = await Run(trace, "printf %s $TRACEPARENT", sampled: true);
        await Eventually.Is(() => server.SpansOf(trace).Any(span => span.DisplayName == "attempt command"), "the attempt has a span");
        var request = Assert.Single(server.SpansOf(trace), span => span.DisplayName == "POST /tasks");
        Assert.Equal(CallersSpan, request.ParentSpanId.ToHexString());
        Assert.Equal($"00-{trace}-{request.SpanId.ToHexString()}-01", printed);

        var attempt = Assert.Single(server.SpansOf(trace), span => span.DisplayName == "attempt command");
        Assert.Equal(request.SpanId, attempt.ParentSpanId);
        Assert.Equal(ActivityStatusCode.Ok, attempt.Status);
        Assert.Equal("pc", attempt.GetTagItem("openclaw.worker"));
        Assert.True(attempt.StartTimeUtc >= request.StartTimeUtc.AddMilliseconds(-1));
    }

    [Fact]
    public async Task The_trace_goes_through_the_grain_into_the_commit()
    {
        var trace = ActivityTraceId.CreateRandom().ToHexString();
        await Run(trace, "true", sampled: true);
        await Eventually.Is(() => server.SpansOf(trace).Any(span => span.DisplayName == "commit"), "the commit has a span");
        var spans = server.SpansOf(trace).ToDictionary(span => span.SpanId);
        var commit = spans.Values.First(span => span.DisplayName == "commit");
        var above = new List<string>();
        for (var span = commit; spans.TryGetValue(span.ParentSpanId, out var parent); span = parent) above.Add(parent.DisplayName);
        Assert.Equal("POST /tasks", above[^1]);
        Assert.Contains(above, name => name.EndsWith("Submit", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_failed_attempt_is_an_error()
    {
        var trace = ActivityTraceId.CreateRandom().ToHexString();
        await Run(trace, "exit 4", sampled: true);
        await Eventually.Is(() => server.SpansOf(trace).Any(span => span.DisplayName == "attempt command"), "the attempt has a span");
        var attempt = server.SpansOf(trace).First(span => span.DisplayName == "attempt command");
        Assert.Equal(ActivityStatusCode.Error, attempt.Status);
        Assert.Equal(4, attempt.GetTagItem("process.exit.code"));
    }

    [Fact]
    public async Task A_trace_that_is_not_sampled_leaves_no_span_and_reaches_the_command_as_it_was()
    {
        var trace = ActivityTraceId.CreateRandom().ToHexString();
        Assert.Equal($"00-{trace}-{CallersSpan}-00", await Run(trace, "printf %s $TRACEPARENT", sampled: false));
        // Spans come when they have ended, which may be after the answer: those of a later task are there first.
        await RunSeen();
        Assert.Empty(server.SpansOf(trace));
    }

    [Fact]
    public async Task Nothing_but_requests_begins_a_trace()
    {
        Assert.True((await server.Api.Get("/tasks")).IsSuccess);
        await RunSeen();
        await Eventually.Is(() => server.Spans.Any(span => span.ParentSpanId == default), "a trace that began here");
        Assert.All(server.Spans.Where(span => span.ParentSpanId == default), span => Assert.NotNull(span.GetTagItem("http.route")));
        Assert.DoesNotContain(server.Spans,
            span => (span.GetTagItem("http.route") as string)?.StartsWith("/worker", StringComparison.Ordinal) == true);
    }

    /// <summary>A task whose trace is sampled, until its last span is there.</summary>
    private async Task RunSeen()
    {
        var trace = ActivityTraceId.CreateRandom().ToHexString();
        await Run(trace, "true", sampled: true);
        await Eventually.Is(() => server.SpansOf(trace).Any(span => span.DisplayName == "attempt command"), "the attempt has a span");
    }

    private async Task<string> Run(string trace, string command, bool sampled)
    {
        var body = new JsonObject { ["command"] = command, ["worker"] = "pc" };
        using var submit = new HttpRequestMessage(HttpMethod.Post, "/tasks")
        {
            Content = new StringContent(body.ToJsonString(), null, "application/json"),
            Headers = { { "traceparent", $"00-{trace}-{CallersSpan}-{(sampled ? "01" : "00")}" } },
        };
        // The test's own client is not to add a span of its own.
        using var answer = await server.Client.SendAsync(submit);
        var id = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("taskId").GetString()!;
        return (await server.Api.End(id))["stdout"]!.GetValue<string>();
    }
}
