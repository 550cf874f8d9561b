using Microsoft.Extensions.DependencyInjection;
using OpenClaw.Cli.Tests.Hosting;
using OpenClaw.Gateway;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.Cli.Tests.Workers;

/// <summary>
/// The line of an invitation, pasted into PowerShell 7 (a tool of this repository: <c>dotnet tool restore</c>), at a real gateway.
/// </summary>
public sealed class PowerShellInviteTests : IAsyncLifetime, IDisposable
{
    private const string StandIn = """
        #!/bin/sh
        { printf '%s\n' "$@"; printf 'token %s\n' "${OPENCLAW_JOIN_TOKEN:-none}"; } >"$STARTED"
        """;

    private readonly TemporaryFolder folder = new();
    private readonly LiveGateway gateway;
    private readonly TestTerminal admin = new();

    public PowerShellInviteTests() => gateway = new LiveGateway(
        [], services => services.Configure<GatewayOptions>(options => options.WorkerFiles = folder.File("workers")));

    [Fact]
    public async Task The_line_fetches_the_program_and_starts_it_with_the_token_in_its_environment()
    {
        Give(StandIn);
        var line = await Invite();
        var token = line.Split('\'')[1];
        Assert.StartsWith("ocl_jnt_", token, StringComparison.Ordinal);

        var ran = await Paste(line + "; \"left: $env:OPENCLAW_JOIN_TOKEN.\"");

        Assert.True(ran.ExitCode == 0, $"{ran}");
        Assert.Equal(["join", Address, $"token {token}"], await File.ReadAllLinesAsync(folder.File("started")));
        Assert.Contains("left: .", ran.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(token, ran.Output + ran.Errors, StringComparison.Ordinal);
        Assert.Empty(Fetched());
    }

    [Fact]
    public async Task What_has_another_hash_than_the_line_says_is_not_run()
    {
        Give(StandIn);
        var line = await Invite();
        Give(StandIn + "\nexit 0\n");
        Assert.Contains("not what this PC was invited to", (await Paste(line)).Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File("started")));
    }

    [Fact]
    public async Task A_program_that_is_not_the_scripts_is_not_run_and_leaves_nothing()
    {
        Give(StandIn);
        using var http = gateway.With(null);
        await File.WriteAllTextAsync(folder.File("join.ps1"), await http.GetStringAsync("/join/powershell"));
        Give(StandIn + "\nexit 0\n");
        // Its own view of an error breaks the line.
        var ran = await Paste($"$env:OPENCLAW_JOIN_TOKEN='ocl_jnt_x'; try {{ & {folder.File("join.ps1")} {Address} '-' }} "
            + "catch { [Console]::Error.WriteLine(\"$_\"); exit 1 }");
        Assert.Equal(1, ran.ExitCode);
        Assert.Contains("is not the program whose hash was told", ran.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File("started")));
        Assert.Empty(Fetched());
    }

    [Fact]
    public async Task A_join_that_came_to_nothing_leaves_the_program_for_the_next_one()
    {
        Give(StandIn + "\nexit 7\n");
        Assert.Contains("Fetching", (await Paste(await Invite())).Output, StringComparison.Ordinal);
        Assert.EndsWith("/openclaw-worker", Assert.Single(Fetched()), StringComparison.Ordinal);
        var ran = await Paste(await Invite() + "; \"code $LASTEXITCODE\"");
        Assert.DoesNotContain("Fetching", ran.Output, StringComparison.Ordinal);
        Assert.Contains("code 7", ran.Output, StringComparison.Ordinal);
        Assert.Single(Fetched());
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

    private string[] Fetched() => Directory.Exists(folder.File("data"))
        ? Directory.GetFiles(Path.Combine(folder.File("data"), "openclaw-worker"), "*", SearchOption.AllDirectories) : [];

    private async Task<string> Invite() => (await admin.Succeed("workers", "invite", "--shell", "powershell")).TrimEnd('\n');

    /// <summary>For this system, whose PowerShell runs the line, and for Windows, without which there is no line for it.</summary>
    private void Give(string text)
    {
        var own = OperatingSystem.IsMacOS() ? "osx-arm64"
            : $"linux-{System.Runtime.InteropServices.RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";
        foreach (var name in (string[])[$"{own}/openclaw-worker", "win-x64/openclaw-worker.exe"])
        {
            var file = Path.Combine(folder.File("workers"), name);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }
    }

    private async Task<Ran> Paste(string line)
    {
        var ran = await Command.Run(
            "dotnet", ["tool", "run", "pwsh", "--", "-NoProfile", "-Command", line],
            ("XDG_DATA_HOME", folder.File("data")), ("XDG_CACHE_HOME", folder.File("cache")), ("XDG_CONFIG_HOME", folder.File("config")),
            ("STARTED", folder.File("started")), ("POWERSHELL_TELEMETRY_OPTOUT", "1"));
        Assert.DoesNotContain("dotnet tool restore", ran.Errors, StringComparison.Ordinal);
        return ran;
    }
}
