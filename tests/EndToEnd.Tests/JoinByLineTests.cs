using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using OpenClaw.TestKit.Clients;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.EndToEnd.Tests;

/// <summary>
/// From the invitation to the first task, all programs as they are: a server with HTTPS by its own authority, <c>openclaw</c>, a shell with
/// the pasted line, the daemon that it starts. The program that is fetched starts the built worker, which is many files.
/// </summary>
public sealed class JoinByLineTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private string Home => folder.File("pc/.openclaw/worker");

    [Fact]
    public async Task A_pasted_line_makes_a_PC_a_worker_that_runs_a_task_until_it_is_revoked()
    {
        await using var server = await StartServer();
        var line = await RunCommand(server, "workers", "invite", "--name", "studio", "--shell", "sh");
        Assert.Contains("openclaw workers invite --name studio", server.Output, StringComparison.Ordinal);
        Assert.Matches(" sha256:[0-9a-f]{64} ", line);

        var joined = await Paste(line.TrimEnd('\n') + " --yes --no-service");
        try
        {
            Assert.True(joined.ExitCode == 0, $"{joined}");
            Assert.Contains($"This PC will take tasks from {server.Url}", joined.Output, StringComparison.Ordinal);
            Assert.Matches("\noffers .*command", joined.Output);
            Assert.Matches("ok +token +none is needed: the server knows this PC's key [a-z0-9]{10}", joined.Output);
            // On a machine that is busy doctor may find that the login shell is slow.
            Assert.Matches("\nonline as studio(; what doctor has found is said above)?\n\\z", joined.Output);
            using var client = new Api(server.Url, server.TokenOf("client"), CaFile(server));
            var end = await client.End(await client.Submit(new() { ["command"] = "echo joined", ["worker"] = "studio" }));
            Assert.Equal("joined\n", end["stdout"]!.GetValue<string>());

            await RunCommand(server, "workers", "revoke", "studio", "--reason", "it was sold");
            await Eventually.Is(async () => (await RunWorker("doctor")).Output.Contains("it was sold", StringComparison.Ordinal),
                "doctor says why its key is good no longer");
        }
        finally
        {
            await EndDaemon();
        }
        // What was pasted once is good no more.
        joined = await Paste(line.TrimEnd('\n') + " --yes --no-service --home " + folder.File("other"));
        Assert.Equal(1, joined.ExitCode);
        Assert.Contains("ask for a new invitation", joined.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_is_there_to_be_asked_and_so_nothing_is_joined_and_the_line_is_good_still()
    {
        await using var server = await StartServer();
        var line = (await RunCommand(server, "workers", "invite", "--shell", "sh")).TrimEnd('\n');
        // Without a terminal, as a program would start it.
        var asked = await Paste($"setsid -w env {line}");
        Assert.Equal(1, asked.ExitCode);
        Assert.Contains("--yes says yes", asked.Errors, StringComparison.Ordinal);
        Assert.Contains("open", await RunCommand(server, "workers", "invites"), StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();

    private async Task<StandaloneProcess> StartServer()
    {
        var program = folder.File($"dist/linux-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}/openclaw-worker");
        Directory.CreateDirectory(Path.GetDirectoryName(program)!);
        await File.WriteAllTextAsync(program, $"#!/bin/sh\nexec '{Repository.Program("Worker", "openclaw-worker")}' \"$@\"\n");
        var port = FreePort.Find();
        return await StandaloneProcess.Start(folder.File("data"), "--no-worker", "--worker-files", folder.File("dist"),
            "--public", $"https://localhost:{port}", "--port", $"{port}");
    }

    private static string CaFile(StandaloneProcess server) => Path.Combine(server.Data, "tls", "ca.pem");

    private static async Task<string> RunCommand(StandaloneProcess server, params string[] arguments)
    {
        var ran = await Command.Run(Repository.Program("Cli", "openclaw"), arguments, ("OPENCLAW_URL", server.Url.ToString()),
            ("OPENCLAW_TOKEN", server.TokenOf("admin")), ("OPENCLAW_CA_FILE", CaFile(server)));
        Assert.True(ran.ExitCode == 0, $"{ran}");
        return ran.Output;
    }

    private Task<Ran> Paste(string line) => Command.Run("/bin/sh", ["-c", line], Pc);

    private Task<Ran> RunWorker(params string[] arguments) =>
        Command.Run(Repository.Program("Worker", "openclaw-worker"), [.. arguments, "--home", Home], Pc);

    private (string Name, string Value)[] Pc =>
        [("HOME", Directory.CreateDirectory(folder.File("pc")).FullName), ("XDG_CACHE_HOME", ""), ("SHELL", ServerProcess.Shell)];

    /// <summary>It was put into the background, and would outlive the test.</summary>
    private async Task EndDaemon()
    {
        var status = JsonNode.Parse((await RunWorker("status", "--json")).Output)!;
        if (status["pid"] is { } pid) await Command.Run("kill", [$"{pid}"]);
        await Eventually.Is(async () => (await RunWorker("status", "--json")).ExitCode == 5, "it has ended");
    }
}
