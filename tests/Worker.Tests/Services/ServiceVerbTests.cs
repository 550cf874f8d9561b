using OpenClaw.Worker.Cli;
using OpenClaw.Worker.Diagnosis;
using OpenClaw.Worker.Services;
using OpenClaw.Worker.Tests.Cli;

namespace OpenClaw.Worker.Tests.Services;

public sealed class ServiceVerbTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("openclaw-install-");
    private readonly TypedTerminal terminal;

    public ServiceVerbTests()
    {
        terminal = new TypedTerminal { UserHome = folder.FullName };
        terminal.Variables["WORKER_URL"] = "https://claw.example";
        terminal.Variables["WORKER_TOKEN"] = "ocl_wrk_secret";
    }

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Show_writes_nothing_and_never_the_token()
    {
        Assert.Equal(VerbExit.Done, await terminal.Type("install", "--show"));
        Assert.Contains("ExecStart=", terminal.Out, StringComparison.Ordinal);
        Assert.Contains("WORKER_TOKEN=...", terminal.Out, StringComparison.Ordinal);
        Assert.Contains("$ systemctl --user enable", terminal.Out, StringComparison.Ordinal);
        Assert.Contains("enable-linger", terminal.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", terminal.Out, StringComparison.Ordinal);
        Assert.Empty(folder.GetFileSystemInfos());
    }

    [Fact]
    public async Task What_the_daemon_could_not_start_with_is_not_installed()
    {
        terminal.Variables.Remove("WORKER_TOKEN");
        terminal.Variables["MAX_CONCURRENT"] = "many";
        Assert.Equal(VerbExit.Usage, await terminal.Type("install"));
        Assert.Contains("WORKER_TOKEN is not set", terminal.Error, StringComparison.Ordinal);
        Assert.Contains("MAX_CONCURRENT must be", terminal.Error, StringComparison.Ordinal);
        Assert.Empty(folder.GetFileSystemInfos());
    }

    [Fact]
    public async Task A_system_service_wants_to_know_whose_it_is()
    {
        Assert.Equal(VerbExit.Usage, await terminal.Type("install", "--system", "--show"));
        Assert.Contains("--user NAME", terminal.Error, StringComparison.Ordinal);
        Assert.Equal(VerbExit.Done, await terminal.Type("install", "--system", "--user", "me", "--show"));
        Assert.Contains("\nUser=me\n", terminal.Out, StringComparison.Ordinal);
        Assert.Equal(VerbExit.Usage, await terminal.Type("install", "--system", "--user", "me\nExecStartPre=/x", "--show"));
    }

    [Fact]
    public async Task The_token_is_written_for_its_owner_only_and_what_was_kept_is_kept_the_next_time()
    {
        terminal.Variables["https_proxy"] = "http://proxy.example:3128";
        Assert.Equal(VerbExit.Done, await terminal.Type("install"));
        Assert.Equal(["systemctl --user daemon-reload", "systemctl --user enable openclaw-worker.service", "systemctl --user restart openclaw-worker.service"], terminal.Commands);
        var kept = Path.Combine(folder.FullName, ".openclaw", "worker", VariableFile.Name);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(kept));
        Assert.True(File.Exists(Path.Combine(folder.FullName, ".config", "systemd", "user", SystemdService.Unit)));
        terminal.Variables.Clear();
        terminal.Variables["WORKER_NAME"] = "studio";
        await terminal.Type("install");
        var text = await File.ReadAllTextAsync(kept);
        Assert.All(["ocl_wrk_secret", "studio", "http://proxy.example:3128"], part => Assert.Contains(part, text, StringComparison.Ordinal));
        Assert.Equal(VerbExit.Done, await terminal.Type("uninstall"));
        Assert.Contains("systemctl --user disable --now openclaw-worker.service", terminal.Commands);
        Assert.False(File.Exists(Path.Combine(folder.FullName, ".config", "systemd", "user", SystemdService.Unit)));
        Assert.True(File.Exists(kept));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_command_that_fails_ends_the_installation_with_its_words(bool found)
    {
        terminal.Answer = found ? new ProbeAnswer(1, "Failed to connect to bus") : null;
        Assert.Equal(VerbExit.No, await terminal.Type("install"));
        Assert.Contains(found ? "Failed to connect to bus" : "can't be started", terminal.Error, StringComparison.Ordinal);
        Assert.Single(terminal.Commands);
    }

    [Fact]
    public void A_program_that_is_built_and_not_published_is_started_with_its_runtime()
    {
        Assert.Equal(["/opt/openclaw-worker"], ThisProgram.Find("/opt/openclaw-worker", "/opt/openclaw-worker"));
        Assert.Equal(["/usr/bin/dotnet", "/x/openclaw-worker.dll"], ThisProgram.Find("/usr/bin/dotnet", "/x/openclaw-worker.dll"));
    }
}
