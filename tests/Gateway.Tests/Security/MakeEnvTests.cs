using System.Diagnostics;
using OpenClaw.Cluster;
using OpenClaw.Gateway.Security;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.Gateway.Tests.Security;

/// <summary>deploy/make-env.sh, run for real into a folder of its own.</summary>
public sealed class MakeEnvTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("openclaw-env-").FullName;

    private string File => Path.Combine(folder, ".env");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Its_tokens_are_tokens_of_their_roles()
    {
        Assert.Equal(0, MakeEnv());
        var written = Written();
        foreach (var (variable, wanted) in new[]
        {
            ("OPENCLAW_ADMIN_TOKEN", Roles.Admin), ("OPENCLAW_CLIENT_TOKEN", Roles.Client), ("OPENCLAW_WORKER_TOKEN", Roles.Worker),
        })
        {
            Assert.True(TokenText.TryParse(written[variable], out _, out _, out var role), variable);
            Assert.Equal(wanted, role);
        }
    }

    [Fact]
    public void Its_shared_token_and_password_are_long_and_need_no_quoting()
    {
        MakeEnv();
        var written = Written();
        Assert.Matches("^[0-9A-Za-z]{40}$", written["POSTGRES_PASSWORD"]);
        Assert.Matches("^[0-9A-Za-z]{40}$", written["WORKER_TOKEN"]);
        Assert.Empty(new GatewayOptions { DataFolder = folder, SharedToken = written["WORKER_TOKEN"] }.Validate());
    }

    [Fact]
    public void Two_runs_share_no_secret()
    {
        MakeEnv();
        var first = Written();
        System.IO.File.Delete(File);
        MakeEnv();
        Assert.All(Written().Where(pair => !pair.Key.StartsWith("OPENCLAW_CLUSTER_", StringComparison.Ordinal)),
            pair => Assert.NotEqual(first[pair.Key], pair.Value));
    }

    [Fact]
    public void An_env_that_is_there_stays_as_it_is()
    {
        System.IO.File.WriteAllText(File, "POSTGRES_PASSWORD=of the database that exists\n");
        Assert.Equal(1, MakeEnv());
        Assert.Equal("POSTGRES_PASSWORD=of the database that exists\n", System.IO.File.ReadAllText(File));
    }

    [Fact]
    public void Nobody_else_can_read_what_it_wrote()
    {
        if (OperatingSystem.IsWindows()) return;
        MakeEnv();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            System.IO.File.GetUnixFileMode(Path.Combine(folder, "deploy", "certs")));
    }

    /// <summary>Without openssl on the machine none are made, and the settings that would name them are empty.</summary>
    [Fact]
    public void Its_certificates_are_what_the_members_of_a_cluster_take()
    {
        MakeEnv();
        var written = Written();
        var (certificate, key, authority) =
            (Own(written["OPENCLAW_CLUSTER_CERT"]), Own(written["OPENCLAW_CLUSTER_KEY"]), Own(written["OPENCLAW_CLUSTER_CA"]));
        if (certificate is null)
        {
            Assert.Null(key);
            Assert.Null(authority);
            return;
        }
        Assert.NotNull(ClusterTls.Load(certificate, key, authority!));
    }

    /// <summary>A file as the container sees it, where it lies on this machine.</summary>
    private string? Own(string inContainer) =>
        inContainer.Length == 0 ? null : Path.Combine(folder, "deploy", "certs", "cluster", Path.GetFileName(inContainer));

    private Dictionary<string, string> Written() => System.IO.File.ReadLines(File).Where(line => !line.StartsWith('#'))
        .Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);

    private int MakeEnv()
    {
        using var process = Process.Start(new ProcessStartInfo("sh", [Path.Combine(Repository.Root, "deploy", "make-env.sh"), folder])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var said = process.StandardOutput.ReadToEndAsync();
        process.StandardError.ReadToEnd();
        said.Wait();
        process.WaitForExit();
        return process.ExitCode;
    }
}
