using OpenClaw.Worker.Services.Platforms;

namespace OpenClaw.Worker.Tests.Services;

/// <summary>Every kind of machine and account, with and without a user bus.</summary>
public sealed class ServiceRejectionTests
{
    private const string Program = "./openclaw-worker";
    private const string AsRoot = $"sudo --preserve-env=WORKER_URL,WORKER_TOKEN,WORKER_NAME {Program} install --system --user nora";

    [Theory]
    // booted with systemd, own manager, root, --system; refused because
    [InlineData(true, true, false, false, null)]
    [InlineData(true, true, true, false, null)]
    [InlineData(true, true, true, true, null)]
    [InlineData(true, false, true, true, null)]
    [InlineData(true, true, false, true, "by root")]
    [InlineData(true, false, false, true, "by root")]
    [InlineData(true, false, false, false, "no login session")]
    [InlineData(true, false, true, false, "no login session")]
    [InlineData(false, false, false, false, "not started by systemd")]
    [InlineData(false, true, false, false, "not started by systemd")]
    [InlineData(false, false, true, false, "not started by systemd")]
    [InlineData(false, true, true, false, "not started by systemd")]
    [InlineData(false, false, false, true, "not started by systemd")]
    [InlineData(false, true, false, true, "not started by systemd")]
    [InlineData(false, false, true, true, "not started by systemd")]
    [InlineData(false, true, true, true, "not started by systemd")]
    public void It_is_refused_exactly_where_the_manager_is_missing(bool runs, bool own, bool root, bool system, string? why)
    {
        var rejection = Judge(runs, own, root, system);
        Assert.Equal(why is null, rejection is null);
        Assert.Contains(why ?? "", rejection?.Why ?? "", StringComparison.Ordinal);
        Assert.True(rejection is null || rejection.Next.Count > 0);
    }

    [Fact]
    public void Each_refusal_has_the_commands_that_help()
    {
        Assert.Equal([AsRoot], Judge(true, true, false, true)!.Next);
        Assert.StartsWith($"{Program} install --no-service ", Assert.Single(Judge(false, false, false, false)!.Next),
            StringComparison.Ordinal);
        var next = Judge(true, false, false, false)!.Next;
        Assert.StartsWith("sudo loginctl enable-linger nora ", next[0], StringComparison.Ordinal);
        Assert.StartsWith(AsRoot, next[1], StringComparison.Ordinal);
        Assert.StartsWith($"{Program} install --no-service ", next[2], StringComparison.Ordinal);
    }

    private static ServiceRejection? Judge(bool runs, bool own, bool root, bool system) => ServiceRejection.JudgeFacts(
        new SystemdFacts { Runs = runs, Runtime = own ? "/run/user/1001" : null, RuntimeIsSet = own, IsRoot = root }, system, "nora",
        Program);
}
