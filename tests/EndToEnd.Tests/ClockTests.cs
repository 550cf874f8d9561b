using System.Globalization;
using System.Text.Json.Nodes;
using OpenClaw.TestKit.Clients;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.EndToEnd.Tests;

/// <summary>Servers one after another on one machine whose clock was set in between.</summary>
public sealed class ClockTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private string Data => folder.File("data");

    /// <summary>With the machine's clock alone the task, which may wait for half an hour, would be expired at the second start.</summary>
    [Fact]
    public async Task A_server_goes_on_with_the_time_of_the_one_before_while_a_task_waits()
    {
        string waits;
        await using (var first = await StandaloneProcess.Start(Data, "--no-worker"))
        {
            using var client = new Api(first.Url, first.TokenOf("client"));
            waits = await client.Submit(new JsonObject { ["command"] = "true", ["startWithin"] = 1_800_000 });
        }
        // As it would stand there had the machine's clock been set forward by two hours meanwhile.
        var saved = (await File.ReadAllTextAsync(Clock)).Split(' ');
        var origin = DateTimeOffset.Parse(saved[1], CultureInfo.InvariantCulture).AddHours(-2);
        await File.WriteAllTextAsync(Clock, $"{saved[0]} {origin:O} -02:00:00\n");

        await using var second = await StandaloneProcess.Start(Data, "--no-worker");
        using var again = new Api(second.Url, second.TokenOf("client"));
        var task = (await again.Get("/tasks/" + await again.Submit(new JsonObject { ["command"] = "true" }))).Ok();

        var createdAt = DateTimeOffset.FromUnixTimeMilliseconds(task["createdAt"]!.GetValue<long>());
        Assert.InRange(TimeProvider.System.GetUtcNow() - createdAt, TimeSpan.FromMinutes(119), TimeSpan.FromMinutes(125));
        Assert.Equal("queued", (string)(await again.Get("/tasks/" + waits)).Ok()["state"]!);
    }

    [Fact]
    public async Task A_server_begins_with_the_machines_clock_where_no_task_waits_or_runs()
    {
        await using (await StandaloneProcess.Start(Data, "--no-worker"))
        {
        }
        await File.WriteAllTextAsync(Clock, "- 1970-01-01T00:00:00.0000000+00:00 -10000.00:00:00\n");

        await using var second = await StandaloneProcess.Start(Data, "--no-worker");
        using var client = new Api(second.Url, second.TokenOf("client"));
        var task = (await client.Get("/tasks/" + await client.Submit(new JsonObject { ["command"] = "true" }))).Ok();

        var createdAt = DateTimeOffset.FromUnixTimeMilliseconds(task["createdAt"]!.GetValue<long>());
        Assert.InRange(TimeProvider.System.GetUtcNow() - createdAt, TimeSpan.FromMinutes(-1), TimeSpan.FromMinutes(5));
    }

    public void Dispose() => folder.Dispose();

    private string Clock => Path.Combine(Data, "clock");
}
