using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OpenClaw.TestKit.FakeGateway;
using OpenClaw.TestKit.Processes;
using OpenClaw.Worker.Tests.Supervision;

namespace OpenClaw.Worker.Tests.Masking;

/// <summary>What a server gets of tasks that print secrets, from a whole daemon.</summary>
public sealed class MaskedTaskTests
{
    private const string Secret = "s3cret-val/ue+42";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_secret_of_a_program_leaves_the_PC_and_counts_and_digest_are_of_what_did(bool supervised)
    {
        await using var worker = await Start(supervised);
        var id = Submit(worker.Gateway, "printf 'a s3cret-'; sleep 0.4; echo 'val/ue+42 b'; printf %s \"$MY_PASSWORD\" | base64 >&2");
        var attempt = await worker.Gateway.Ended(id);
        var result = attempt.Results[0];
        Assert.Equal(("a *** b\n", "***\n"), (attempt.Text, Encoding.UTF8.GetString(attempt.Stderr)));
        Assert.Equal((8L, 4L), (result.StdoutBytes, result.StderrBytes));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData("a *** b\n"u8)), result.StdoutSha256);
    }

    [Fact]
    public async Task The_workers_own_token_is_masked_in_output_and_in_errors()
    {
        await using var worker = await Start(supervised: false);
        var printed = worker.Gateway.Command($"echo {FakeGateway.Token}");
        var failed = worker.Gateway.Submit("command", $$"""{"argv":["/nowhere/{{FakeGateway.Token}}"]}""");
        Assert.Equal("***\n", (await worker.Gateway.Ended(printed)).Text);
        var error = (await worker.Gateway.Ended(failed)).Results[0].Error;
        Assert.Contains("/nowhere/***", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Output_of_which_the_middle_is_not_kept_has_the_count_of_what_would_have_been_given()
    {
        await using var worker = await Start(supervised: true, kept: 300_000);
        var id = Submit(worker.Gateway, "echo \"$MY_PASSWORD\"; head -c 3000000 /dev/zero | tr '\\0' x; echo; echo \"$MY_PASSWORD\"");
        var attempt = await worker.Gateway.Ended(id);
        var result = attempt.Results[0];
        Assert.StartsWith("***\nxxx", attempt.Text, StringComparison.Ordinal);
        Assert.EndsWith("xxx\n***\n", attempt.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, attempt.Text, StringComparison.Ordinal);
        Assert.Equal(3_000_009, result.StdoutBytes);
        Assert.Null(result.StdoutSha256);
    }

    /// <summary>It is what was asked for, has a digest, and may be written back.</summary>
    [Fact]
    public async Task The_content_of_a_file_goes_as_it_is()
    {
        await using var worker = await Start(supervised: false);
        var path = worker.PathOf("file");
        await File.WriteAllTextAsync(path, FakeGateway.Token);
        var id = worker.Gateway.Submit("file-read", JsonSerializer.Serialize(new Dictionary<string, string> { ["path"] = path }));
        Assert.Equal(FakeGateway.Token, (await worker.Gateway.Ended(id)).Text);
    }

    /// <summary>
    /// The log is read again from its first byte, and what the server has is skipped: the same bytes at the same offsets.
    /// </summary>
    [Fact]
    public async Task A_daemon_that_takes_a_program_up_goes_on_where_the_one_before_it_ended()
    {
        await using var worker = await WorkerProcess.Start();
        var wait = $"while [ ! -e {worker.PathOf("go")} ]; do sleep 0.05; done";
        var id = Submit(
            worker.Gateway, $"for i in $(seq 0 19); do echo $i $MY_PASSWORD; done; printf s3cret-; {wait}; echo 'val/ue+42'");
        await worker.Gateway.Until(g => g.Attempt(id).Text.Contains("19 ***", StringComparison.Ordinal), "it printed");
        await worker.Kill();
        worker.Go();
        await File.WriteAllTextAsync(worker.PathOf("go"), "");
        var lines = Enumerable.Range(0, 20).Select(i => string.Create(CultureInfo.InvariantCulture, $"{i} ***\n"));
        var expected = string.Concat(lines) + "***\n";
        Assert.Equal(expected, (await worker.Gateway.Ended(id)).Text);
    }

    private static async Task<WorkerHarness> Start(bool supervised, long kept = 64L << 20)
    {
        var worker = await WorkerHarness.Prepare();
        if (supervised)
            worker.Options = worker.Options with { Supervisor = [Repository.Program("Worker", "openclaw-worker")], OutputKept = kept };
        worker.Go();
        return worker;
    }

    private static string Submit(FakeGateway gateway, string command) => gateway.Submit("command", JsonSerializer.Serialize(
        new Dictionary<string, object>
        {
            ["command"] = command, ["env"] = new Dictionary<string, string> { ["MY_PASSWORD"] = Secret },
        }));
}
