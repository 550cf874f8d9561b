using System.Text.Json;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Execution.Programs;
using OpenClaw.Worker.Execution.Settings;
using OpenClaw.Worker.Processes;
using OpenClaw.Worker.Processes.Tests.Harness;
using OpenClaw.Worker.Tests.Execution;

namespace OpenClaw.Worker.Tests.Programs;

public sealed class ProgramExecutorTests : IDisposable
{
    private const string Payload = """{ "scene" : "$(touch made) `id`", "n":[1, 2.50] }""";
    private readonly ScratchFolder home = new();

    public void Dispose() => home.Dispose();

    [Fact]
    public async Task The_payload_is_its_input_and_its_output_the_tasks()
    {
        var (result, attempt) = await Run(Shell("cat; echo note >&2"));
        Assert.Equal((Outcomes.Succeeded, 0), (result.Outcome, result.ExitCode));
        Assert.Equal(Payload, attempt.Output.Text);
        Assert.Equal("note\n", attempt.Stderr);
        Assert.Empty(home.Names());
    }

    [Fact]
    public async Task Its_exit_code_comes_back()
    {
        var (result, _) = await Run(Shell("exit 7"));
        Assert.Equal((Outcomes.Failed, "exit-code", 7), (result.Outcome, result.Reason, result.ExitCode));
    }

    [Fact]
    public async Task A_program_that_is_not_there_could_not_start()
    {
        var (result, _) = await Run(new ProgramSettings { Program = [home.At("none")] });
        Assert.Equal((Outcomes.Failed, "could-not-start", (int?)null), (result.Outcome, result.Reason, result.ExitCode));
        Assert.Contains(home.At("none"), result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_is_not_there_could_not_start()
    {
        var (result, _) = await Run(Shell("true") with { Cwd = "~/none" });
        Assert.Equal((Outcomes.Failed, "could-not-start"), (result.Outcome, result.Reason));
    }

    [Fact]
    public async Task The_owner_sets_its_folder_and_environment()
    {
        Directory.CreateDirectory(home.At("jobs"));
        var settings = Shell("pwd; echo \"$GPU $HOME $OPENCLAW_TASK_ID.$OPENCLAW_ATTEMPT\"") with
        {
            Cwd = "~/jobs",
            Env = new Dictionary<string, string> { ["GPU"] = "two words" },
        };
        var (_, attempt) = await Run(settings);
        Assert.Equal($"{home.At("jobs")}\ntwo words {home.Path} {attempt.TaskId}.1\n", attempt.Output.Text);
    }

    [Fact]
    public async Task The_owners_limit_ends_the_whole_tree()
    {
        var (result, attempt) = await Run(Shell("sleep 600 & echo begun; wait") with { Timeout = TimeSpan.FromMilliseconds(300) });
        Assert.Equal((Outcomes.TimedOut, "timeout"), (result.Outcome, result.Reason));
        Assert.Equal(0, (int)result.Metadata!["survivors"]!);
        Assert.Equal(0, attempt.Alive());
    }

    [Theory]
    [InlineData("memory", 100_000_000, "head -c 300m /dev/zero | tail -c 299m", "memory-limit")]
    [InlineData("cpu", 300, "while :; do :; done", "cpu-limit")]
    [InlineData("processes", 5, "for i in 1 2 3 4 5 6 7 8; do sleep 600 & done; wait", "process-limit")]
    [InlineData("output", 5000, "yes", "output-limit")]
    public async Task A_limit_of_its_manifest_ends_it_and_the_reason_says_which(string limit, long value, string body, string reason)
    {
        home.File("kinds/render.json", JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["name"] = "render", ["program"] = new[] { "/bin/sh", "-c", body },
            ["limits"] = new Dictionary<string, long> { [limit] = value },
        }));
        var (result, attempt) = await Run(WorkerSettings.Load(home.Path).Settings!.Kinds["render"]);
        Assert.Equal((Outcomes.Failed, reason), (result.Outcome, result.Reason));
        Assert.Equal(0, attempt.Alive());
        Assert.True(attempt.Output.Stdout.Length <= 5000);
    }

    [Fact]
    public async Task A_cancel_ends_it()
    {
        using var attempt = new TestAttempt("render", Payload, home.Path);
        var running = attempt.Run(new ProgramExecutor("render", Shell("echo begun; sleep 600")));
        await Until.True(() => attempt.Output.Text == "begun\n", "it has begun");
        attempt.Stop.Request(StopReason.Cancel);
        Assert.Equal(Outcomes.Cancelled, (await running).Outcome);
        Assert.Equal(0, attempt.Alive());
    }

    private static ProgramSettings Shell(string text) => new() { Program = ["/bin/sh", "-c", text] };

    private async Task<(ExecutionResult Result, TestAttempt Attempt)> Run(ProgramSettings settings)
    {
        using var attempt = new TestAttempt("render", Payload, home.Path);
        return (await attempt.Run(new ProgramExecutor("render", settings)), attempt);
    }
}
