using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OpenClaw.Cli.Tests.Hosting;
using OpenClaw.Gateway;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.Cli.Tests.Workers;

/// <summary>
/// The line of an invitation, pasted into real shells, at a real gateway. In the place of the worker's program stands one that notes how it
/// was started.
/// </summary>
public sealed class InviteTests : IAsyncLifetime, IDisposable
{
    private const string StandIn = """
        #!/bin/sh
        { printf '%s\n' "$@"; printf 'token %s\n' "${OPENCLAW_JOIN_TOKEN:-none}"; } >"$HOME/started"
        """;

    private readonly TemporaryFolder folder = new();
    private readonly LiveGateway gateway;
    private readonly TestTerminal admin = new();

    public InviteTests() => gateway = new LiveGateway(
        [], services => services.Configure<GatewayOptions>(options => options.WorkerFiles = folder.File("workers")));

    private static string Platform => OperatingSystem.IsMacOS() ? "osx-arm64"
        : $"linux-{System.Runtime.InteropServices.RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";

    private string Program => Path.Combine(folder.File("workers"), Platform, "openclaw-worker");

    private string Started => Path.Combine(folder.Path, "started");

    [Theory]
    [InlineData("sh", "curl", "sha256sum"), InlineData("bash", "curl", "sha256sum"), InlineData("dash", "wget", "sha256sum")]
    [InlineData("sh", "wget", "openssl"), InlineData("bash", "curl", "shasum")]
    public async Task The_line_fetches_the_program_and_starts_it_with_the_token_in_its_environment(
        string shell, string fetches, string hashes)
    {
        Give(Program, StandIn);
        var line = (await admin.Succeed("workers", "invite", "--name", "studio", "--shell", "sh")).TrimEnd('\n');
        Assert.DoesNotContain('\n', line);
        var token = line.Split('=', ' ')[1];
        Assert.StartsWith("ocl_jnt_", token, StringComparison.Ordinal);
        // Once, and before what is executed: in no address, and in no argument that other accounts could read.
        Assert.Equal(2, line.Split(token).Length);
        Assert.StartsWith($"OPENCLAW_JOIN_TOKEN={token} sh -c '", line, StringComparison.Ordinal);

        var ran = await Paste(shell, line + " --yes --labels 'a b'", fetches, hashes);

        Assert.True(ran.ExitCode == 0, $"{ran}");
        Assert.Equal(["join", Address, "--yes", "--labels", "a b", $"token {token}"], await File.ReadAllLinesAsync(Started));
        Assert.DoesNotContain(token, ran.Output + ran.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File(".cache/openclaw-worker")) && Directory.EnumerateFileSystemEntries(
            folder.File(".cache/openclaw-worker")).Any(), "nothing of it is left there");
    }

    [Fact]
    public async Task What_has_another_hash_than_the_line_says_is_not_run()
    {
        Give(Program, StandIn);
        var line = await InviteBySh();
        // Whoever is in between, or has the server since, gives another program: its hash is in the script, whose hash is in the line.
        Give(Program, StandIn + "\nexit 0\n");
        var ran = await Paste("sh", line, "curl", "sha256sum");
        Assert.Equal(1, ran.ExitCode);
        Assert.Contains("NOT joined: what came is not what this PC was invited to", ran.Errors, StringComparison.Ordinal);

        // Where no hash can be computed nothing is run, either.
        ran = await Paste("sh", await InviteBySh(), "curl");
        Assert.Equal(1, ran.ExitCode);
        Assert.False(File.Exists(Started));
    }

    [Fact]
    public async Task A_program_that_is_not_the_scripts_is_not_run()
    {
        Give(Program, StandIn);
        using var http = gateway.With(null);
        var script = await http.GetStringAsync("/join/sh");
        Give(Program, StandIn + "\nexit 0\n");
        await File.WriteAllTextAsync(folder.File("join.sh"), script);

        var ran = await Paste("sh", $"OPENCLAW_JOIN_TOKEN=ocl_jnt_x sh {folder.File("join.sh")} {Address} -", "curl", "sha256sum");

        Assert.Equal(1, ran.ExitCode);
        Assert.Contains("is not the program whose hash was told", ran.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(Started));
        Assert.Empty(Directory.EnumerateFiles(folder.File(".cache"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_join_that_came_to_nothing_keeps_its_exit_code_and_the_program_for_the_next_one()
    {
        Give(Program, StandIn + "\nexit 7\n");
        var ran = await Paste("sh", await InviteBySh(), "curl", "sha256sum");
        Assert.Equal(7, ran.ExitCode);
        Assert.Single(Directory.EnumerateFiles(folder.File(".cache"), "openclaw-worker", SearchOption.AllDirectories));
        ran = await Paste("sh", await InviteBySh(), "curl", "sha256sum");
        Assert.DoesNotContain("Fetching", ran.Output, StringComparison.Ordinal);
        Assert.Equal(7, ran.ExitCode);
    }

    [Fact]
    public async Task A_server_without_programs_says_how_to_get_them_and_makes_no_invitation()
    {
        var none = await admin.Run("workers", "invite");
        Assert.Equal(ExitCodes.No, none.ExitCode);
        Assert.Contains("./publish.sh", none.Error, StringComparison.Ordinal);
        Assert.Empty(await admin.Succeed("workers", "invites", "--quiet"));

        // A PC that has the program needs none of the server's.
        var line = await admin.Succeed("workers", "invite", "--program", "--shell", "sh");
        Assert.Matches($"^OPENCLAW_JOIN_TOKEN=ocl_jnt_[^ ]+ openclaw-worker join {Address}\n$", line);

        // For Windows there is none here, so there is no line for it.
        Give(Program, StandIn);
        Assert.Equal(ExitCodes.No, (await admin.Run("workers", "invite", "--shell", "powershell")).ExitCode);
        Assert.DoesNotContain("PowerShell", await admin.Succeed("workers", "invite"), StringComparison.Ordinal);
        Give(Path.Combine(folder.File("workers"), "win-x64", "openclaw-worker.exe"), "MZ");
        var both = await admin.Run("workers", "invite");
        Assert.Contains("Windows, in PowerShell:", both.Out, StringComparison.Ordinal);
        Assert.Contains("is this machine alone", both.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Programs_read_it_as_json_and_invitations_are_listed_and_withdrawn()
    {
        Give(Program, StandIn);
        var made = JsonElement.Parse(await admin.Succeed(
            "workers", "invite", "--name", "studio", "--labels", "gpu,fast", "--kinds", "command", "--expires", "5m", "--json"));
        var invite = made.GetProperty("invite");
        Assert.Equal("studio", invite.GetProperty("worker").GetString());
        Assert.Equal(300_000, invite.GetProperty("expiresAt").GetInt64() - invite.GetProperty("createdAt").GetInt64());
        Assert.Equal([Platform], made.GetProperty("platforms").EnumerateArray().Select(one => one.GetString()));
        Assert.Contains(made.GetProperty("joinToken").GetString()!, made.GetProperty("sh").GetString(), StringComparison.Ordinal);
        Assert.False(made.TryGetProperty("powershell", out _) || made.TryGetProperty("pin", out _));

        var id = invite.GetProperty("id").GetString()!;
        Assert.Matches($"{id} +open +studio +gpu, fast", await admin.Succeed("workers", "invites"));
        Assert.Equal($"withdrawn: {id}", (await admin.Succeed("workers", "withdraw", id)).Trim());
        Assert.Empty(await admin.Succeed("workers", "invites", "--quiet"));
        Assert.Matches($"{id} +revoked", await admin.Succeed("workers", "invites", "--all"));
        Assert.Equal(ExitCodes.No, (await admin.Run("workers", "withdraw", "nosuchinvt")).ExitCode);
        Assert.Equal(ExitCodes.No, (await admin.Run("workers", "revoke", "nobody", "--reason", "gone")).ExitCode);
    }

    [Theory]
    [InlineData("--join-url must be", "--join-url", "ftp://claw.example")]
    [InlineData("is plain HTTP", "--join-url", "http://claw.example")]
    [InlineData("a shell takes for its own", "--join-url", "https://claw.example/a'b")]
    [InlineData("--shell is sh or powershell", "--shell", "fish")]
    [InlineData("--expires is", "--expires", "soon")]
    [InlineData("expiresIn must be", "--expires", "1h")]
    [InlineData("worker must be", "--name", "Not A Name")]
    public async Task What_is_typed_wrong_is_said(string says, params string[] typed)
    {
        Give(Program, StandIn);
        var run = await admin.Run(["workers", "invite", .. typed]);
        Assert.Equal(ExitCodes.Usage, run.ExitCode);
        Assert.Contains(says, run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Out);
    }

    public async Task InitializeAsync()
    {
        await gateway.InitializeAsync();
        admin.Typed = gateway.Tokens["admin"];
        await admin.Succeed("login", Address);
    }

    public Task DisposeAsync() => gateway.DisposeAsync();

    public void Dispose()
    {
        admin.Dispose();
        folder.Dispose();
    }

    private string Address => gateway.Address.ToString().TrimEnd('/');

    private async Task<string> InviteBySh() => (await admin.Succeed("workers", "invite", "--shell", "sh")).TrimEnd('\n');

    private static void Give(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    /// <summary>On a PC that has these programs and a handful of others.</summary>
    private async Task<Ran> Paste(string shell, string line, params string[] has)
    {
        var bin = Directory.CreateDirectory(folder.File($"bin-{string.Join('-', has)}")).FullName;
        foreach (var tool in (string[])["sh", "cut", "sed", "uname", "mkdir", "mv", "chmod", "rm", .. has])
        {
            var found = Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(path => Path.Combine(path, tool)).First(File.Exists);
            if (!File.Exists(Path.Combine(bin, tool))) File.CreateSymbolicLink(Path.Combine(bin, tool), found);
        }
        var program = Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(path => Path.Combine(path, shell)).First(File.Exists);
        return await Command.Run(program, ["-c", line], ("PATH", bin), ("HOME", folder.Path), ("XDG_CACHE_HOME", ""));
    }
}
