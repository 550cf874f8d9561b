using System.Text;
using OpenClaw.Worker.Processes.Tests.Harness;

namespace OpenClaw.Worker.Processes.Tests;

public sealed class PseudoTerminalTests : IDisposable
{
    private readonly ProcessHarness harness = new();

    public void Dispose() => harness.Dispose();

    private ProcessSpec OnTerminal(string script, int columns = 100, int rows = 30) =>
        harness.Shell(script) with { Terminal = new TerminalSize(columns, rows) };

    [Fact]
    public async Task It_has_a_terminal_of_the_size_asked_for_and_it_is_its_controlling_one()
    {
        var end = await harness.Run(
            OnTerminal("tty; stty size; test -t 0 && test -t 1 && test -t 2 && echo three; echo here > /dev/tty", 133, 44));
        Assert.Equal(0, end.ExitCode);
        var lines = harness.Output.Text.Split("\r\n");
        Assert.StartsWith("/dev/pts/", lines[0], StringComparison.Ordinal);
        Assert.Equal(["44 133", "three", "here", ""], lines[1..]);
    }

    [Fact]
    public async Task Both_streams_are_one_in_the_order_of_printing()
    {
        await harness.Run(OnTerminal("echo a; echo b >&2; echo c; echo d >&2"));
        Assert.Equal("a\r\nb\r\nc\r\nd\r\n", harness.Output.Text);
        Assert.Empty(harness.Output.Stderr);
    }

    [Fact]
    public async Task A_program_that_colours_only_for_people_colours()
    {
        var environment = harness.Environment;
        environment["TERM"] = "xterm-256color";
        environment["LS_COLORS"] = "di=01;34";
        Directory.CreateDirectory(harness.PathOf("folder"));
        await harness.Run(harness.Shell("ls --color=auto") with { Environment = environment });
        Assert.DoesNotContain('\e', harness.Output.Text);
        await harness.Run(OnTerminal("ls --color=auto") with { Environment = environment });
        Assert.Contains("\e[01;34mfolder", harness.Output.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("two lines\nof text\n"), InlineData("no end"), InlineData("")]
    public async Task What_is_typed_is_read_and_ends(string typed)
    {
        var end = await harness.Run(OnTerminal("stty -echo; cat; echo .") with { Stdin = Encoding.UTF8.GetBytes(typed) });
        Assert.Equal(0, end.ExitCode);
        Assert.EndsWith(typed.Replace("\n", "\r\n", StringComparison.Ordinal) + ".\r\n", harness.Output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_anything_typed_the_input_is_at_its_end() =>
        Assert.Equal(0, (await harness.Run(OnTerminal("cat; echo end"))).ExitCode);

    [Fact]
    public async Task A_cancel_strikes_Ctrl_C_first()
    {
        var run = harness.Run(OnTerminal("trap '' TERM HUP; trap 'echo struck; exit 3' INT; echo 1 > ready; while :; do sleep 0.05; done"));
        await harness.LineOf("ready");
        harness.Stop.Request(StopReason.Cancel);
        var end = await run;
        Assert.Equal(3, end.ExitCode);
        Assert.Contains("struck", harness.Output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_heeds_neither_Ctrl_C_nor_SIGTERM_gets_SIGKILL()
    {
        var run = harness.Run(
            OnTerminal("trap '' INT TERM HUP; echo 1 > ready; (trap '' INT TERM HUP; sleep 600) & while :; do sleep 1; done"), 0.3);
        await harness.LineOf("ready");
        harness.Stop.Request(StopReason.Timeout);
        var end = await run;
        Assert.Equal("SIGKILL", end.Signal);
        Assert.Equal(0, end.Tree!.Value.Survivors);
        Assert.Equal(0, harness.Alive());
    }

    [Fact]
    public async Task A_shell_at_a_terminal_ends_when_that_goes_away()
    {
        var run = harness.Run(
            harness.Spec("/bin/bash", "--norc", "-i",
                "-c", "echo 1 > ready; set +m; while :; do read -r line < /dev/tty || sleep 0.05; done")
                with
            { Terminal = new TerminalSize(80, 24) });
        await harness.LineOf("ready");
        harness.Stop.Request(StopReason.Cancel);
        Assert.Equal(0, (await run).Tree!.Value.Survivors);
        Assert.Equal(0, harness.Alive());
    }

    [Fact]
    public async Task Fifty_terminals_leave_no_descriptor()
    {
        await harness.Run(OnTerminal("true"));
        var before = Directory.GetFiles("/proc/self/fd").Length;
        for (var i = 0; i < 50; i++)
            Assert.Equal(0, (await harness.Run(OnTerminal("echo x"))).ExitCode);
        Assert.InRange(Directory.GetFiles("/proc/self/fd").Length, 0, before + 30);
    }
}
