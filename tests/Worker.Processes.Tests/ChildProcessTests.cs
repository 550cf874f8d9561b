using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using OpenClaw.Worker.Processes.Tests.Harness;

namespace OpenClaw.Worker.Processes.Tests;

public sealed class ChildProcessTests : IDisposable
{
    private readonly ProcessHarness harness = new();

    public void Dispose() => harness.Dispose();

    [Fact]
    public async Task Every_exit_code_is_told_as_it_is()
    {
        var codes = Enumerable.Range(0, 256).ToArray();
        var exitCodes = new int?[256];
        await Parallel.ForEachAsync(codes, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (code, _) =>
            exitCodes[code] = (await harness.Run(harness.Shell($"exit {code}"))).ExitCode);
        Assert.Equal(codes.Select(code => (int?)code), exitCodes);
    }

    [Theory]
    [InlineData("KILL"), InlineData("TERM"), InlineData("SEGV"), InlineData("HUP"), InlineData("PIPE"), InlineData("USR1")]
    public async Task A_signal_is_told_by_its_name_and_is_no_exit_code(string signal)
    {
        var end = await harness.Run(harness.Shell($"kill -{signal} $$"));
        Assert.Equal("SIG" + signal, end.Signal);
        Assert.Null(end.ExitCode);
    }

    [Fact]
    public async Task Ten_thousand_lines_arrive_in_order()
    {
        await harness.Run(harness.Shell("i=0; while [ $i -lt 10000 ]; do echo line $i; i=$((i+1)); done"));
        var expected = string.Concat(Enumerable.Range(0, 10_000).Select(i => string.Create(CultureInfo.InvariantCulture, $"line {i}\n")));
        Assert.Equal(expected, harness.Output.Text);
    }

    [Fact]
    public async Task Sixty_four_MiB_without_a_line_end_pass_in_small_pieces()
    {
        var sink = new CountingSink();
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var end = await new ProcessRunner(TimeProvider.System)
            .RunProgram(harness.Shell("head -c 67108864 /dev/zero"), sink, harness.Stop, TimeSpan.Zero);
        Assert.Equal(0, end.ExitCode);
        Assert.Equal(67_108_864, sink.Bytes);
        Assert.InRange(sink.Largest, 1, 64 * 1024);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 8_000_000);
    }

    [Fact]
    public async Task Every_byte_passes_unchanged_through_stdin_and_stdout()
    {
        var bytes = new byte[3_000_000];
        new Random(7).NextBytes(bytes);
        await harness.Run(harness.Spec("cat") with { Stdin = bytes });
        Assert.Equal(SHA256.HashData(bytes), SHA256.HashData(harness.Output.Stdout));
    }

    [Fact]
    public async Task Without_stdin_the_program_reads_the_end_of_file_at_once()
    {
        var end = await harness.Run(harness.Shell("cat; echo end"));
        Assert.Equal(0, end.ExitCode);
        Assert.Equal("end\n", harness.Output.Text);
    }

    [Fact]
    public async Task A_program_that_leaves_its_stdin_unread_ends_as_it_will()
    {
        var end = await harness.Run(harness.Shell("exit 3") with { Stdin = new byte[5_000_000] });
        Assert.Equal(3, end.ExitCode);
    }

    [Fact]
    public async Task Stdout_and_stderr_are_told_apart()
    {
        await harness.Run(harness.Shell("echo out; echo err >&2"));
        Assert.Equal("out\n", harness.Output.Text);
        Assert.Equal("err\n", Encoding.UTF8.GetString(harness.Output.Stderr));
    }

    [Fact]
    public async Task The_environment_is_exactly_the_one_given()
    {
        var environment = new Dictionary<string, string> { ["A"] = "1 $HOME `id`\n", ["Ü"] = "ö" };
        await harness.Run(harness.Spec("/usr/bin/env") with { Environment = environment });
        Assert.Equal("A=1 $HOME `id`\n\nÜ=ö\n", harness.Output.Text);
    }

    [Fact]
    public async Task Arguments_arrive_byte_for_byte()
    {
        string[] arguments =
            ["", " a  b ", "it's \"quoted\"", "two\nlines", "$(touch pwned) `id` $HOME", "\\", "*", "--", "日本語 ü", "\t;&|<>"];
        await harness.Run(harness.Spec(["/bin/sh", "-c", "printf '%s\\0' \"$@\"", "sh", .. arguments]));
        Assert.Equal(string.Join('\0', arguments) + '\0', harness.Output.Text);
        Assert.False(File.Exists(harness.PathOf("pwned")));
    }

    [Fact]
    public async Task It_runs_in_the_folder_named()
    {
        await harness.Run(harness.Shell("pwd -P"));
        Assert.Equal(harness.Folder + "\n", harness.Output.Text);
    }

    [Fact]
    public async Task A_missing_folder_is_told_in_a_sentence()
    {
        var end = await harness.Run(harness.Spec("true") with { WorkingDirectory = harness.PathOf("nowhere") });
        Assert.Equal($"the folder '{harness.PathOf("nowhere")}' does not exist", end.StartError);
        Assert.Null(end.ExitCode);
    }

    [Theory]
    [InlineData("no-such-program", "the program 'no-such-program' was not found in PATH")]
    [InlineData("/no/such/program", "the program '/no/such/program' was not found (or the interpreter its first line names)")]
    [InlineData("/etc/passwd", "the program '/etc/passwd' may not be executed (permission denied)")]
    [InlineData("/tmp", "the program '/tmp' may not be executed (permission denied)")]
    [InlineData("nul\0byte", "an argument, the folder or a variable holds a NUL character")]
    [InlineData("", "no program is named")]
    public async Task A_program_that_cannot_start_is_told_in_a_sentence(string program, string sentence) =>
        Assert.Equal(sentence, (await harness.Run(harness.Spec(program))).StartError);

    [Fact]
    public async Task A_program_is_looked_up_in_the_path_it_is_given_not_in_ours()
    {
        var script = harness.PathOf("tool");
        await File.WriteAllTextAsync(script, "#!/bin/sh\necho found\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var environment = harness.Environment;
        environment["PATH"] = harness.Folder;
        await harness.Run(harness.Spec("tool") with { Environment = environment });
        Assert.Equal("found\n", harness.Output.Text);
    }

    [Fact]
    public async Task It_leads_a_session_of_its_own_with_default_signals()
    {
        // Not a shell's: that blocks signals for an instant around each program it starts.
        await harness.Run(harness.Spec("grep", "-E", "SigBlk|SigIgn", "/proc/self/status"));
        await harness.Run(harness.Shell("ps -o sid= -p $$; echo $$"));
        var lines = harness.Output.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Equal("SigBlk:\t0000000000000000", lines[0]);
        // Signals 32 and 33 belong to the C library, which shields them from every caller.
        Assert.Equal(0ul, Convert.ToUInt64(lines[1].Split('\t')[1], 16) & ~0x1_8000_0000ul);
        Assert.Equal(lines[^1], lines[^2]);
    }

    [Fact]
    public async Task No_descriptor_but_the_three_is_inherited()
    {
        await harness.Run(harness.Shell("ls /proc/self/fd"));
        // The fourth is ls's own, for the folder it lists.
        Assert.Equal("0\n1\n2\n3\n", harness.Output.Text);
    }
}
