using System.Text;
using OpenClaw.Worker.Processes.Tests.Harness;

namespace OpenClaw.Worker.Processes.Tests;

/// <summary>
/// Whatever reads from a terminal, and however, learns that nothing more is typed. A test that fails does so by its timeout.
/// </summary>
public sealed class TerminalEndTests : IDisposable
{
    private readonly ProcessHarness harness = new();

    public void Dispose() => harness.Dispose();

    private ProcessSpec OnTerminal(ProcessSpec spec, string? typed) => spec with
    {
        Terminal = new TerminalSize(80, 24),
        Stdin = typed is null ? null : Encoding.UTF8.GetBytes(typed),
        Environment = new Dictionary<string, string>(harness.Environment) { ["TERM"] = "xterm", ["HOME"] = harness.Folder },
        Timeout = TimeSpan.FromSeconds(30),
    };

    private async Task<ProcessEnd> Run(string script, string? typed = null)
    {
        var end = await harness.Run(OnTerminal(harness.Shell(script), typed), grace: 0.1);
        Assert.Equal(StopReason.None, harness.Stop.Why);
        return end;
    }

    [Theory]
    [InlineData(null, ""), InlineData("echo $((40 + 2))\n", "42"), InlineData("echo $((40 + 2))", "42")]
    [InlineData("sleep 0.5; cat; echo $((40 + 2))\n", "42")]
    public async Task A_shell_that_edits_lines_itself(string? typed, string printed)
    {
        await Run("exec bash --norc -i", typed);
        Assert.Contains(printed, harness.Output.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null), InlineData("text\n"), InlineData("no end")]
    public async Task One_after_another_on_one_terminal(string? typed)
    {
        Assert.Equal(0, (await Run("cat > first; cat; bash --norc -i; cat; echo last", typed)).ExitCode);
        Assert.Equal(typed?.TrimEnd() ?? "", (await File.ReadAllTextAsync(harness.PathOf("first"))).TrimEnd());
        Assert.EndsWith("last\r\n", harness.Output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_throws_away_what_was_typed_before_it_asked()
    {
        const string DropTyped =
            "stty -icanon min 0; touch dropped; until grep -q secret dropped; do sleep 0.05; cat >> dropped; done; stty icanon";
        Assert.Equal(3, (await Run($"{DropTyped}; read -r line || exit 3", "secret\n")).ExitCode);
    }

    [Fact]
    public async Task A_key_of_its_own_for_the_end() =>
        Assert.Equal(0, (await Run("stty eof ^A; cat; cat; stty -icanon min 1; dd bs=1 count=1 of=key; stty sane", "text\n")).ExitCode);

    [Fact]
    public async Task A_program_that_never_reads_is_left_with_one_end()
    {
        // Kept by the terminal it is one byte when that hands out every key.
        await Run("stty -echo; sleep 2; stty -icanon min 0; cat > left; stty sane");
        Assert.InRange(new FileInfo(harness.PathOf("left")).Length, 1, 2);
        Assert.DoesNotContain("^D", harness.Output.Text, StringComparison.Ordinal);
    }
}
