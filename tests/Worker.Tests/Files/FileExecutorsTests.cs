using System.Runtime.Versioning;
using System.Text.Json;
using System.Text.Json.Nodes;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Execution.Files;
using OpenClaw.Worker.Processes;
using OpenClaw.Worker.Tests.Execution;

namespace OpenClaw.Worker.Tests.Files;

[UnsupportedOSPlatform("windows")]
public sealed class FileExecutorsTests : IDisposable
{
    private readonly ScratchFolder home = new();

    public void Dispose() => home.Dispose();

    [Theory]
    [InlineData("line\n")]
    [InlineData("no end")]
    [InlineData("two\n\n")]
    [InlineData("\r\n")]
    [InlineData("")]
    [InlineData("$(touch x) `id` \u0001 😀")]
    public async Task Fault_11_a_written_file_is_exactly_its_content_and_reads_back_so(string content)
    {
        var write = new FileWritePayload { Path = "a/b.txt", Content = content };
        var (written, _) = await Run(new FileWriteExecutor(), JsonSerializer.Serialize(write, Json.FileWritePayload));
        Assert.Equal(0, written.ExitCode);
        Assert.Equal(content, await File.ReadAllTextAsync(home.At("a", "b.txt")));
        var (read, attempt) = await Run(new FileReadExecutor(), """{"path":"~/a/b.txt"}""");
        Assert.Equal(Outcomes.Succeeded, read.Outcome);
        Assert.Equal(content, attempt.Output.Text);
        Assert.Equal((string?)written.Metadata!["sha256"], (string?)read.Metadata!["sha256"]);
    }

    [Fact]
    public async Task Fault_11_any_bytes_are_written_and_read_as_base64()
    {
        var bytes = Enumerable.Range(0, 256).Select(i => (byte)i).ToArray();
        var payload = new JsonObject { ["path"] = "all", ["content"] = Convert.ToBase64String(bytes), ["encoding"] = "base64" };
        var (written, _) = await Run(new FileWriteExecutor(), payload.ToJsonString());
        Assert.Equal(256, (int)written.Metadata!["bytes"]!);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(home.At("all")));
        var (_, attempt) = await Run(new FileReadExecutor(), """{"path":"all","encoding":"base64"}""");
        Assert.Equal(bytes, Convert.FromBase64String(attempt.Output.Text));
    }

    [Fact]
    public async Task Fault_11_an_edit_puts_dollar_signs_as_they_are()
    {
        home.File("a", "price: X\n");
        var (edited, attempt) = await Run(new FileEditExecutor(), """{"path":"a","oldString":"X","newString":"$& $1 $$"}""");
        Assert.Equal(0, edited.ExitCode);
        Assert.Equal("price: $& $1 $$\n", await File.ReadAllTextAsync(home.At("a")));
        Assert.Equal(1, (int)edited.Metadata!["replacements"]!);
        Assert.Equal(RegularFile.ComputeSha256("price: X\n"u8), (string)edited.Metadata["sha256Before"]!);
        Assert.Equal(RegularFile.ComputeSha256("price: $& $1 $$\n"u8), (string)edited.Metadata["sha256After"]!);
        Assert.Contains("1 place", attempt.Output.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"path":"a","oldString":"zz","newString":"y"}""", "old-text-absent")]
    [InlineData("""{"path":"a","oldString":"x","newString":"y"}""", "old-text-not-unique")]
    [InlineData("""{"path":"a","oldString":"","newString":"y"}""", "old-text-empty")]
    [InlineData("""{"path":"a","oldString":"x","newString":"y","replaceAll":true,"sha256":"00"}""", "file-changed")]
    [InlineData("""{"path":"missing","oldString":"x","newString":"y"}""", "not-found")]
    [InlineData("""{"path":"~bob/a","oldString":"x","newString":"y"}""", "bad-path")]
    public async Task An_edit_that_fails_leaves_the_file_untouched(string payload, string reason)
    {
        var path = home.File("a", "x x");
        File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch);
        var (edited, _) = await Run(new FileEditExecutor(), payload);
        Assert.Equal((Outcomes.Failed, reason, 1), (edited.Outcome, edited.Reason, edited.ExitCode));
        Assert.NotEmpty(edited.Error!);
        Assert.Equal("x x", await File.ReadAllTextAsync(path));
        Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(path));
        Assert.Equal(["a"], home.Names());
    }

    [Fact]
    public async Task An_edit_keeps_mode_and_link()
    {
        File.SetUnixFileMode(home.File("real", "x"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherExecute);
        File.CreateSymbolicLink(home.At("link"), "real");
        await Run(new FileEditExecutor(), """{"path":"link","oldString":"x","newString":"y"}""");
        Assert.Equal("real", new FileInfo(home.At("link")).LinkTarget);
        Assert.Equal("y", await File.ReadAllTextAsync(home.At("real")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherExecute, File.GetUnixFileMode(home.At("real")));
    }

    [Fact]
    public async Task A_payload_with_a_field_of_the_future_is_refused_and_nothing_done()
    {
        var (written, _) = await Run(new FileWriteExecutor(), """{"path":"a","content":"x","append":true}""");
        Assert.Equal((Outcomes.Rejected, "payload-not-understood"), (written.Outcome, written.Reason));
        Assert.Empty(home.Names());
    }

    [Fact]
    public async Task A_write_that_was_cancelled_before_it_began_writes_nothing()
    {
        using var attempt = new TestAttempt(Kinds.FileWrite, """{"path":"a","content":"x"}""", home.Path);
        attempt.Stop.Request(StopReason.Cancel);
        var result = await attempt.Run(new FileWriteExecutor());
        Assert.Equal(Outcomes.Cancelled, result.Outcome);
        Assert.False(File.Exists(home.At("a")));
    }

    private async Task<(ExecutionResult Result, TestAttempt Attempt)> Run(ITaskExecutor executor, string payload)
    {
        using var attempt = new TestAttempt(executor.Kind, payload, home.Path);
        return (await attempt.Run(executor), attempt);
    }

    private static Protocol.ProtocolJson Json => Protocol.ProtocolJson.Default;
}
