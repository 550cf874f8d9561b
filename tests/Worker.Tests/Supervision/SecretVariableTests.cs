using OpenClaw.TestKit.FakeGateway;

namespace OpenClaw.Worker.Tests.Supervision;

/// <summary>The real program: what it was started with can be read by every program of the same user, tasks among them.</summary>
public sealed class SecretVariableTests
{
    [Fact]
    public async Task A_task_finds_no_token_in_the_environment_of_the_daemon_or_of_its_supervisor()
    {
        await using var worker = await WorkerProcess.Prepare();
        worker.Go(("DISCORD_BOT_TOKEN", "bot-secret"));
        var id = worker.Gateway.Command(
            "for p in $PPID $(awk '/^PPid/{print $2}' /proc/$PPID/status); do echo; cat /proc/$p/environ; done | tr '\\0' '\\n'");
        var text = (await worker.Gateway.Ended(id)).Text;
        // The daemon's own, and not somebody else's.
        Assert.Contains($"\nOPENCLAW_WORKER_HOME={worker.Home}\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain(FakeGateway.Token, text, StringComparison.Ordinal);
        Assert.DoesNotContain("bot-secret", text, StringComparison.Ordinal);
    }
}
