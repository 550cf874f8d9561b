using System.Text.Json;
using OpenClaw.TestKit.FakeGateway;
using OpenClaw.Worker.Execution.Commands;
using OpenClaw.Worker.Processes.Arguments;
using OpenClaw.Worker.Processes.Unix;
using OpenClaw.Worker.Tests.Policy;
using OpenClaw.Worker.Processes.Tests.Harness;
using OpenClaw.Worker.Tests.Supervision;

namespace OpenClaw.Worker.Tests.Execution.Commands;

/// <summary>Linux takes 131,071 bytes in one argument; a body has up to 256 KiB.</summary>
public sealed class LongTextConverterTests
{
    private const int Most = 131_071;
    private static readonly string Padding = ": " + new string('x', 200_000) + "\n";

    [Theory]
    [InlineData("/bin/sh"), InlineData("/bin/bash"), InlineData("bash")]
    public async Task A_long_command_is_run_by_its_shell_as_a_short_one_is(string shell)
    {
        await using var worker = await WorkerHarness.Start();
        const string Script = """echo "$0 $#"; cat; sh -c 'echo child; exit 3'""";
        var (brief, full) = (await Run(worker, shell, Script), await Run(worker, shell, Padding + Script));
        Assert.Equal($"{shell} 0\ntyped\nchild\n", brief.Text);
        Assert.Equal((brief.Text, 3), (full.Text, full.Results[0].ExitCode));
        Assert.Empty(full.Stderr);
    }

    [Fact]
    public async Task Up_to_the_last_byte_it_is_an_argument_and_from_the_next_on_a_file()
    {
        await using var worker = await WorkerHarness.Start();
        foreach (var length in new[] { Most - 1, Most, Most + 1, Most + 2 })
        {
            var text = "echo ran #".PadRight(length, 'x');
            Assert.Equal("ran\n", (await Run(worker, "/bin/sh", text)).Text);
            Assert.Equal(length > Most, ShellInvocation.ChooseArguments("/bin/sh", text).Script is not null);
        }
    }

    [Fact]
    public async Task An_interpreter_that_is_named_as_the_shell_gets_the_files_name()
    {
        await using var worker = await WorkerHarness.Start();
        Assert.Equal("3\n", (await Run(worker, "python3", "# " + Padding + "print(1 + 2)")).Text);
    }

    [Fact]
    public async Task So_it_is_under_a_supervisor_on_a_terminal_as_well()
    {
        await using var worker = await WorkerProcess.Start();
        var payload =
            JsonSerializer.Serialize(new { command = Padding + "read -r line; echo got $line; cat", pty = true, stdin = "text\n" });
        var attempt = await worker.Gateway.Ended(worker.Gateway.Submit("command", payload));
        Assert.Equal("succeeded", attempt.Results[0].Outcome);
        Assert.EndsWith("got text\r\n", attempt.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"roots":{"read":["/usr/share"]},"sandbox":{}}""")]
    [InlineData("""{"roots":{"read":["/usr/share"]},"sandbox":{},"runAs":"nobody"}"""), InlineData("""{"runAs":"nobody"}""")]
    public async Task In_a_sandbox_and_as_another_user_too(string policy)
    {
        if (Native.GetUid() != 0 && policy.Contains("runAs", StringComparison.Ordinal))
        {
            PolicyBench.RefusesAnotherUser(policy);
            return;
        }
        using var bench = new PolicyBench(policy);
        var command = Padding + "echo ran; test -r /etc/shadow || echo shut in";
        var result = await bench.Run(new CommandExecutor(), bench.Offer("command", new { command, shell = "/bin/sh", cwd = "/usr/share" }));
        Assert.Equal(("ran\nshut in\n", "succeeded"), (bench.Text, result.Outcome));
    }

    [Theory]
    [InlineData("/bin/zsh", "-c", ". /f"), InlineData("/usr/bin/fish", "-c", "source /f"), InlineData("tcsh", "-c", "source /f")]
    public void Each_shell_in_its_own_words(string shell, string option, string text) =>
        Assert.Equal([shell, option, text], ShellInvocation.CreateFileArguments(shell, "/f"));

    [Theory]
    [InlineData("argv", "an argument has 200,000 bytes; this system takes at most 131,071 in one")]
    [InlineData("env", "the variable 'BIG' has 200,004 bytes; this system takes at most 131,071 in one")]
    public async Task What_no_attempt_could_start_is_rejected_with_the_limit(string where, string sentence)
    {
        await using var worker = await WorkerProcess.Start();
        var big = new string('x', 200_000);
        var payload = where == "argv"
            ? JsonSerializer.Serialize(new { argv = new[] { "/bin/true", big } })
            : JsonSerializer.Serialize(new { command = "true", env = new Dictionary<string, string> { ["BIG"] = big } });
        var result = (await worker.Gateway.Ended(worker.Gateway.Submit("command", payload))).Results[0];
        Assert.Equal(("rejected", ArgumentSize.TooLarge, sentence), (result.Outcome, result.Reason, result.Error));
    }

    [Fact]
    public async Task So_is_what_is_too_much_together()
    {
        using var harness = new ProcessHarness();
        var end = await harness.Run(harness.Spec(["/bin/true", .. Enumerable.Repeat(new string('x', 100_000), 80)]));
        Assert.True(end.TooLarge);
        Assert.Matches("^arguments and environment have 8,000,[0-9]{3} bytes together, more than this system takes$", end.StartError);
    }

    private static Task<FakeAttempt> Run(WorkerHarness worker, string shell, string command) =>
        worker.Gateway.Ended(worker.Gateway.Submit("command", JsonSerializer.Serialize(new { command, shell, stdin = "typed\n" })));
}
