using System.Text.Json;
using OpenClaw.TestKit.FakeGateway;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.Worker.Tests.Polling;

public sealed class SessionPipeTests
{
    [Fact]
    public async Task A_pipe_among_the_sessions_of_an_agent_holds_up_no_heartbeat_and_hides_no_session()
    {
        await using var worker = await WorkerHarness.Prepare(gateway => gateway.HeartbeatEvery = 100);
        var project = Directory.CreateDirectory(worker.PathOf("claude/projects/p")).FullName;
        await Command.Run("mkfifo", [Path.Combine(project, "aaaa1111-0000-4000-8000-000000000001.jsonl")]);
        await File.WriteAllTextAsync(Path.Combine(project, "aaaa1111-0000-4000-8000-000000000002.jsonl"), """{"cwd":"/work"}""" + "\n");
        Directory.CreateDirectory(worker.Home);
        await File.WriteAllTextAsync(
            Path.Combine(worker.Home, "settings.json"),
            JsonSerializer.Serialize(new { claude = new { env = new { CLAUDE_CONFIG_DIR = worker.PathOf("claude") } } }));
        worker.Go();
        var id = worker.Gateway.Command("sleep 600");
        await worker.Gateway.Running(id);
        await worker.Gateway.Until(g => g.Calls.Any(call => call.Name == "heartbeat" && Tells(call)), "the other one is told");
        worker.Gateway.Cancel(id);
        Assert.Equal("cancelled", Assert.Single((await worker.Gateway.Ended(id)).Results).Outcome);
    }

    private static bool Tells(SeenCall call) => call.Body.Contains("000000000002", StringComparison.Ordinal);
}
