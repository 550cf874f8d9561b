using OpenClaw.TestKit.FakeGateway;
using OpenClaw.Worker.Cli;
using OpenClaw.Worker.Services;
using OpenClaw.Worker.Services.Platforms;

namespace OpenClaw.Worker.Tests.Services;

/// <summary>What is typed, what is refused before anything is written, what is kept.</summary>
public sealed class ServiceVerbTests
{
    // Well-formed, of nobody.
    private const string ClientToken = "ocl_cli_aaaaaaaaaa_SSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSS2ca1c404";

    [Fact]
    public async Task Show_writes_nothing_and_never_the_token()
    {
        await using var bench = await InstallBench.Make();
        Assert.Equal(VerbExit.Done, await bench.Terminal.Type("install", "--show"));
        Assert.Contains("ExecStart=", bench.Terminal.Out, StringComparison.Ordinal);
        Assert.Contains("WORKER_TOKEN=...", bench.Terminal.Out, StringComparison.Ordinal);
        Assert.Contains("$ systemctl --user enable", bench.Terminal.Out, StringComparison.Ordinal);
        Assert.Contains("enable-linger", bench.Terminal.Out, StringComparison.Ordinal);
        Assert.DoesNotContain(FakeGateway.Token, bench.Terminal.Out, StringComparison.Ordinal);
        Assert.Empty(bench.Files());
    }

    [Fact]
    public async Task What_the_daemon_could_not_start_with_is_not_installed()
    {
        await using var bench = await InstallBench.Make();
        bench.Terminal.Variables.Remove("WORKER_TOKEN");
        bench.Terminal.Variables["MAX_CONCURRENT"] = "many";
        Assert.Equal(VerbExit.Usage, await bench.Terminal.Type("install"));
        Assert.Contains("WORKER_TOKEN is not set", bench.Terminal.Error, StringComparison.Ordinal);
        Assert.Contains("MAX_CONCURRENT must be", bench.Terminal.Error, StringComparison.Ordinal);
        Assert.Empty(bench.Files());
    }

    [Theory]
    [InlineData("ocl_wrk_testtesttt_TestTokenOfTheFakeGateway000", "not one whole token")]
    [InlineData("ocl_wrk_testtesttt_TestTokenOfTheFakeGateway00000000000000000039151e2b", "typing error")]
    [InlineData(ClientToken, "a client's token")]
    public async Task A_token_that_can_never_work_is_not_installed_and_what_is_wrong_is_said(string token, string sentence)
    {
        await using var bench = await InstallBench.Make();
        bench.Terminal.Variables["WORKER_TOKEN"] = token;
        Assert.Equal(VerbExit.Usage, await bench.Terminal.Type("install"));
        Assert.Contains(sentence, bench.Terminal.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(token, bench.Terminal.Error, StringComparison.Ordinal);
        Assert.Empty(bench.Files());
    }

    [Fact]
    public async Task A_system_service_wants_to_know_whose_it_is()
    {
        await using var bench = await InstallBench.Make();
        var terminal = bench.Terminal;
        Assert.Equal(VerbExit.Usage, await terminal.Type("install", "--system", "--show"));
        Assert.Contains("--user NAME", terminal.Error, StringComparison.Ordinal);
        Assert.Equal(VerbExit.Done, await terminal.Type("install", "--system", "--user", "nobody", "--show"));
        Assert.Contains("\nUser=nobody\n", terminal.Out, StringComparison.Ordinal);
        Assert.Equal(VerbExit.Usage, await terminal.Type("install", "--system", "--user", "nobody\nExecStartPre=/x", "--show"));
        Assert.Equal(VerbExit.Usage, await terminal.Type("install", "--system", "--user", "no-such-account", "--show"));
        Assert.Contains("no account no-such-account", terminal.Error, StringComparison.Ordinal);
        Assert.Equal(VerbExit.Usage, await terminal.Type("install", "--system", "--user", "nobody", "--no-service", "--show"));
    }

    [Fact]
    public async Task Without_a_manager_for_it_nothing_is_written_and_the_next_commands_are_told()
    {
        await using var bench = await InstallBench.Make();
        bench.Terminal.Systemd = new SystemdFacts { Runs = true };
        Assert.Equal(VerbExit.No, await bench.Terminal.Type("install"));
        Assert.StartsWith("nothing was installed: no systemd of ", bench.Terminal.Error, StringComparison.Ordinal);
        Assert.All(["sudo loginctl enable-linger ", "install --system --user ", "install --no-service"],
            next => Assert.Contains(next, bench.Terminal.Error, StringComparison.Ordinal));
        Assert.Empty(bench.Files());
        Assert.Empty(bench.Terminal.Commands);
    }

    [Fact]
    public async Task A_manager_that_was_just_told_to_linger_is_waited_for()
    {
        await using var bench = await InstallBench.Make();
        var ready = bench.Terminal.Systemd;
        var looks = 0;
        bench.Terminal.Look = () => ++looks < 3 ? new SystemdFacts { Runs = true, Lingers = true } : ready with { Lingers = true };
        Assert.Equal(VerbExit.Done, await bench.Terminal.Type("install"));
        bench.Hurry();
        bench.Terminal.Look = () => new SystemdFacts { Runs = true, Lingers = true };
        Assert.Equal(VerbExit.No, await bench.Terminal.Type("install"));
    }

    [Fact]
    public async Task The_token_is_written_for_its_owner_only_and_what_was_kept_is_kept_the_next_time()
    {
        await using var bench = await InstallBench.Make();
        var terminal = bench.Terminal;
        terminal.Variables["https_proxy"] = "http://proxy.example:3128";
        terminal.Variables["NO_PROXY"] = "*";
        terminal.Variables["SSL_CERT_FILE"] = "ca.crt";
        Assert.Equal(VerbExit.Done, await terminal.Type("install"));
        Assert.Equal(["systemctl --user daemon-reload", "systemctl --user enable openclaw-worker.service",
            "systemctl --user restart openclaw-worker.service"], terminal.Commands);
        var kept = Path.Combine(bench.Home, VariableFile.Name);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(kept));
        terminal.Variables.Clear();
        terminal.Variables["WORKER_NAME"] = "other";
        Assert.Equal(VerbExit.Done, await terminal.Type("install"));
        var text = await File.ReadAllTextAsync(kept);
        Assert.All([FakeGateway.Token, "other", "http://proxy.example:3128", $"\"{Path.GetFullPath("ca.crt")}\""],
            part => Assert.Contains(part, text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Status_of_a_home_without_a_daemon_names_the_home_of_the_one_that_is_installed()
    {
        await using var bench = await InstallBench.Make();
        Assert.Equal(VerbExit.Done, await bench.Terminal.Type("install"));
        Assert.Equal(VerbExit.NoDaemon, await bench.Terminal.Type("status", "--home", bench.PathOf("other")));
        Assert.Contains($"; the one installed here ({bench.Unit}) has another home: openclaw-worker status --home {bench.Home}",
            bench.Terminal.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_unit_can_be_read_by_all_whatever_the_umask_of_who_installed_it()
    {
        await using var bench = await InstallBench.Make();
        Assert.Equal(VerbExit.Done, await bench.Terminal.Type("install"));
        Assert.Equal("644", Convert.ToString((int)File.GetUnixFileMode(bench.Unit), 8));
    }

    [Fact]
    public void A_program_that_is_built_and_not_published_is_started_with_its_runtime()
    {
        Assert.Equal(["/opt/openclaw-worker"], ThisProgram.FindCommand("/opt/openclaw-worker", "/opt/openclaw-worker"));
        Assert.Equal(["/usr/bin/dotnet", "/x/openclaw-worker.dll"], ThisProgram.FindCommand("/usr/bin/dotnet", "/x/openclaw-worker.dll"));
    }

    [Theory]
    [InlineData("/home/me/.local/bin:/usr/bin", "/store/openclaw-worker", "openclaw-worker")]
    [InlineData("/usr/bin", "/home/me/dl/openclaw-worker", "/home/me/dl/openclaw-worker")]
    [InlineData("/home/me/.local/bin", "/home/me/my dl/openclaw-worker", "'/home/me/my dl/openclaw-worker'")]
    public void A_command_that_is_told_can_be_pasted(string path, string program, string typed) =>
        Assert.Equal(typed, ThisProgram.FormatTyped([program], path, file => file switch
        {
            "/home/me/.local/bin/openclaw-worker" or "/store/openclaw-worker" => "/store/openclaw-worker",
            "/home/me/dl/openclaw-worker" or "/home/me/my dl/openclaw-worker" => file,
            _ => null,
        }));
}
