using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Tests.Hosting;

namespace OpenClaw.Gateway.Tests.Problems;

/// <summary>Over Kestrel: an answer that is waited for begins with blanks, and is never ended cleanly when it fails.</summary>
public sealed class HeldAnswerTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly FakeTimeProvider clock = new();
    private readonly TaskCompletionSource<string> content = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly WebApplication app;
    private readonly HttpClient http = new();

    public HeldAnswerTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        app = builder.Build();
        app.UseMiddleware<ProblemMiddleware>(clock);
        app.MapGet("/{seconds}", async (HttpContext context, int seconds) =>
        {
            var next = context.HoldUntilReady(new ValueTask<string>(content.Task), TimeSpan.FromSeconds(seconds), HeldAnswers.Beat, clock);
            held.SetResult();
            var json = await next;
            if (json.Length == 0) await context.Answer(ProblemTable.FromStatus(404));
            else await context.AnswerRaw(Encoding.ASCII.GetBytes(json));
        });
    }

    public async Task InitializeAsync()
    {
        await app.StartAsync();
        http.BaseAddress = new Uri(app.Urls.First());
    }

    public async Task DisposeAsync()
    {
        http.Dispose();
        await app.DisposeAsync();
    }

    [Theory]
    [InlineData(60, 0), InlineData(60, 9), InlineData(10, 11)]
    public async Task What_comes_within_ten_seconds_or_was_not_to_take_longer_is_the_same_to_the_byte(int longest, int took)
    {
        var asked = http.GetAsync($"/{longest}", HttpCompletionOption.ResponseHeadersRead);
        await held.Task.WaitAsync(Patience);
        clock.Advance(TimeSpan.FromSeconds(took));
        content.SetResult("null");

        using var answer = await asked.WaitAsync(Patience);

        Assert.Equal((HttpStatusCode.OK, 4, "null"),
            (answer.StatusCode, answer.Content.Headers.ContentLength, await answer.Content.ReadAsStringAsync()));
        Assert.False(answer.Headers.Contains("X-Accel-Buffering"));
    }

    [Fact]
    public async Task What_takes_longer_begins_after_ten_seconds_with_blanks_and_is_json()
    {
        using var answer = await Begun();
        Assert.Equal((HttpStatusCode.OK, "application/json", null, true),
            (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType, answer.Content.Headers.ContentLength,
                answer.Headers.CacheControl!.NoStore));
        Assert.Equal(["no"], answer.Headers.GetValues("X-Accel-Buffering"));
        using var body = await answer.Content.ReadAsStreamAsync();
        Assert.Equal(' ', await ReadOne(body));
        for (var i = 0; i < 3; i++) Assert.Equal(' ', await Passes(HeldAnswers.Beat, ReadOne(body)));
        content.SetResult("""{"state":"succeeded"}""");
        Assert.Equal("succeeded", (await JsonDocument.ParseAsync(body)).RootElement.GetProperty("state").GetString());
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task What_fails_once_it_has_begun_is_cut(bool refused)
    {
        using var answer = await Begun();
        if (refused) content.SetResult("");
        else content.SetException(new TimeoutException());

        await Assert.ThrowsAsync<HttpRequestException>(() => answer.Content.ReadAsStringAsync().WaitAsync(Patience));
    }

    [Theory]
    [InlineData(true, 404), InlineData(false, 503)]
    public async Task What_fails_before_is_a_problem(bool refused, int status)
    {
        var asked = http.GetAsync("/60");
        await held.Task.WaitAsync(Patience);
        if (refused) content.SetResult("");
        else content.SetException(new TimeoutException());

        using var answer = await asked.WaitAsync(Patience);

        Assert.Equal((status, "application/problem+json"), ((int)answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
    }

    private async Task<HttpResponseMessage> Begun()
    {
        var asked = http.GetAsync("/60", HttpCompletionOption.ResponseHeadersRead);
        await held.Task.WaitAsync(Patience);
        clock.Advance(HeldAnswers.Silence - TimeSpan.FromTicks(1));
        Assert.False(asked.IsCompleted);
        clock.Advance(TimeSpan.FromTicks(1));
        return await asked.WaitAsync(Patience);
    }

    /// <summary>Nobody hears when the wait for the next beat begins, so the clock goes on until its blank shows.</summary>
    private async Task<char> Passes(TimeSpan beat, Task<char> next)
    {
        await Eventually.Holds(() =>
        {
            if (!next.IsCompleted) clock.Advance(beat);
            return Task.FromResult(next.IsCompleted);
        });
        return await next;
    }

    private static async Task<char> ReadOne(Stream body)
    {
        var one = new byte[1];
        await body.ReadExactlyAsync(one).AsTask().WaitAsync(Patience);
        return (char)one[0];
    }
}
