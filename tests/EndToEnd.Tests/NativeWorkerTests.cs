using System.Diagnostics;
using System.Text.Json.Nodes;
using OpenClaw.TestKit.Clients;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.EndToEnd.Tests;

/// <summary>The worker as one native binary, published once.</summary>
public sealed class NativeBinary : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();

    public string File { get; private set; } = "";

    public async Task InitializeAsync()
    {
        File = Repository.NativeWorker ?? await Publish(folder.File("publish"));
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(File)!, "*.dll"));
    }

    public Task DisposeAsync()
    {
        folder.Dispose();
        return Task.CompletedTask;
    }

    private async Task<string> Publish(string target)
    {
        var ran = await Command.Run(
            "dotnet",
            ["publish", Path.Combine(Repository.Root, "src/Worker"), "-c", "Release", "-p:PublishAot=true", "-o", target,
                "--artifacts-path", folder.File("artifacts")],
            ("MSBUILDDISABLENODEREUSE", "1"), ("UseSharedCompilation", "false"));
        Assert.True(ran.ExitCode == 0, ran.Output + ran.Errors);
        Assert.DoesNotContain(": warning ", ran.Output, StringComparison.Ordinal);
        return Path.Combine(target, "openclaw-worker");
    }
}

/// <summary>The native worker on another "PC" than the server's.</summary>
public sealed class NativeWorkerTests(NativeBinary binary) : IClassFixture<NativeBinary>, IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public async Task The_native_worker_runs_a_command_for_a_server_without_one()
    {
        await using var server = await StandaloneProcess.Start(folder.File("data"), "--no-worker");
        using var client = new Api(server.Url, server.TokenOf("client"));
        using var worker = Start(server);
        try
        {
            var id = await client.Submit(
                new JsonObject { ["argv"] = new JsonArray("sh", "-c", "echo $OPENCLAW_TASK_ID"), ["worker"] = "native" });
            Assert.Equal(id + "\n", (await client.End(id))["stdout"]!.GetValue<string>());
            var view = (await client.Get("/workers/native")).Ok();
            Assert.Equal("online", view["status"]!.GetValue<string>());

            await Command.Run("kill", ["-TERM", $"{worker.Id}"]);
            await worker.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
            Assert.Equal(0, worker.ExitCode);
        }
        finally
        {
            if (!worker.HasExited) worker.Kill();
        }
    }

    /// <summary>Moved, replaced by a program that is none of its own, removed: its supervisors are what it is itself.</summary>
    [Fact]
    public async Task Whatever_becomes_of_its_file_while_it_runs_it_runs_tasks()
    {
        var own = folder.File("worker");
        File.Copy(binary.File, own);
        await using var server = await StandaloneProcess.Start(folder.File("data"), "--no-worker");
        using var client = new Api(server.Url, server.TokenOf("client"));
        using var worker = Start(server, own);
        try
        {
            await Say(client, "first");
            Action[] changes =
            [
                () => File.Move(own, own + ".before"), () => File.Copy("/bin/false", own),
                () => File.Delete(own), () => File.Delete(own + ".before"),
            ];
            foreach (var change in changes)
            {
                change();
                // One that rests from the task before needs no file. It rests for 5 s, and may be reaped only at the second look after
                // that.
                await Eventually.Is(() => Directory.GetDirectories($"/proc/{worker.Id}/task").All(HasNoChildren), "no supervisor rests");
                await Say(client, "on");
            }
            await Command.Run("kill", ["-TERM", $"{worker.Id}"]);
            await worker.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        }
        finally
        {
            if (!worker.HasExited) worker.Kill();
        }
    }

    /// <summary>kill -9 of both, as a machine that runs out of memory does it: another attempt may follow, so nothing is left.</summary>
    [Fact]
    public async Task When_daemon_and_supervisor_are_killed_its_watchdog_ends_the_whole_tree_of_the_task()
    {
        await using var server = await StandaloneProcess.Start(folder.File("data"), "--no-worker");
        using var client = new Api(server.Url, server.TokenOf("client"));
        using var worker = Start(server);
        try
        {
            var (left, program) = (folder.File("left"), folder.File("program"));
            await client.Submit(new JsonObject
            {
                ["command"] = $"setsid sh -c 'trap \"\" TERM; echo $$ > {left}; while :; do sleep 0.2; done' & echo $$ > {program}; wait",
                ["worker"] = "native", ["maxAttempts"] = 2, ["killGrace"] = 1000,
            });
            await Eventually.Is(() => ReadId(left) is not null && ReadId(program) is not null, "it runs with its child");
            var supervisor = ReadStatus(ReadId(program)!).Parent;
            // Stopped first, or it would see that the supervisor has gone, and end the program itself.
            await Command.Run("kill", ["-STOP", $"{worker.Id}"]);
            await Command.Run("kill", ["-KILL", supervisor]);
            worker.Kill();
            await Eventually.Is(() => !ReadStatus(ReadId(program)!).Runs && !ReadStatus(ReadId(left)!).Runs, "all of it ends");
        }
        finally
        {
            if (!worker.HasExited) worker.Kill();
        }
    }

    /// <summary>docs/worker/install.md where no systemd is, under a home of its own.</summary>
    [Fact]
    public async Task A_new_owner_installs_it_updates_it_beside_a_running_task_and_removes_it_again()
    {
        await using var server = await StandaloneProcess.Start(folder.File("data"), "--no-worker");
        using var client = new Api(server.Url, server.TokenOf("client"));
        var pc = new OwnersPc(folder.File("person"));
        try
        {
            var installed = await pc.Type(binary.File, ["install", "--no-service"],
                ("WORKER_URL", server.Url.ToString()), ("WORKER_TOKEN", server.TokenOf("worker")), ("WORKER_NAME", "newcomer"));
            Assert.True(installed.ExitCode == 0, installed.Output + installed.Errors);
            Assert.Contains($"connected to {server.Url} as newcomer", installed.Output, StringComparison.Ordinal);
            Assert.Contains(", connected as newcomer since ", (await pc.Type("status")).Output, StringComparison.Ordinal);
            Assert.Contains($"connected to {server.Url} as newcomer", (await pc.Type("doctor")).Output, StringComparison.Ordinal);

            var task = new JsonObject
            {
                ["command"] = $"while [ ! -e {folder.File("go")} ]; do sleep 0.1; done; echo through", ["timeout"] = 120_000,
            };
            var id = await client.Submit(task);
            await Eventually.Is(async () => (await client.Get($"/tasks/{id}")).Ok()["state"]!.GetValue<string>() == "running", "it runs");
            var updated = await pc.Type("install", "--no-service");
            Assert.True(updated.ExitCode == 0, updated.Output + updated.Errors);
            Assert.Contains("1 task goes on under the new daemon", updated.Output, StringComparison.Ordinal);
            await File.WriteAllTextAsync(folder.File("go"), "");
            var end = await client.End(id);
            Assert.Equal(("succeeded", "through\n", 1),
                (end["state"]!.GetValue<string>(), end["stdout"]!.GetValue<string>(), end["attempt"]!.GetValue<int>()));

            Assert.Equal(1, (await pc.Type("uninstall")).ExitCode);
            Assert.Equal(0, (await pc.Type("drain", "--wait")).ExitCode);
            await Eventually.Is(async () => (await pc.Type("status")).ExitCode == 5, "it has ended");
            Assert.Equal(0, (await pc.Type(binary.File, ["uninstall"])).ExitCode);
            Assert.False(File.Exists(pc.Command));
        }
        finally
        {
            await pc.EndDaemon();
        }
    }

    public void Dispose() => folder.Dispose();

    private static async Task Say(Api client, string word)
    {
        var id = await client.Submit(new JsonObject { ["command"] = $"echo {word}", ["worker"] = "native" });
        Assert.Equal(word + "\n", (await client.End(id))["stdout"]!.GetValue<string>());
    }

    /// <summary>Null: it is not written yet.</summary>
    private static string? ReadId(string file) =>
        File.Exists(file) && File.ReadAllText(file) is [.. var id, '\n'] ? id : null;

    private static (bool Runs, string Parent) ReadStatus(string pid)
    {
        try
        {
            var fields = File.ReadAllText($"/proc/{pid}/stat").Split(") ")[^1].Split(' ');
            return (fields[0] is not ("Z" or "X"), fields[1]);
        }
        catch (IOException)
        {
            return (false, ""); // It has ended.
        }
    }

    private static bool HasNoChildren(string thread)
    {
        try
        {
            return File.ReadAllText(Path.Combine(thread, "children")).Length == 0;
        }
        catch (IOException)
        {
            return true; // It has ended meanwhile.
        }
    }

    private Process Start(StandaloneProcess server, string? file = null)
    {
        var start = new ProcessStartInfo(file ?? binary.File);
        start.Environment["WORKER_URL"] = server.Url.ToString();
        start.Environment["WORKER_TOKEN"] = server.TokenOf("worker");
        start.Environment["WORKER_NAME"] = "native";
        start.Environment["OPENCLAW_WORKER_HOME"] = folder.File("home");
        return Process.Start(start)!;
    }

    /// <summary>A person with a home of their own, who types the command that was installed.</summary>
    private sealed class OwnersPc(string home)
    {
        public string Command => Path.Combine(home, ".local", "bin", "openclaw-worker");

        public Task<Ran> Type(params string[] words) => Type(Command, words);

        public Task<Ran> Type(string program, string[] words, params (string Name, string Value)[] variables)
        {
            Directory.CreateDirectory(home);
            return OpenClaw.TestKit.Processes.Command.Run(program, words, [("HOME", home), ("SHELL", "/bin/sh"), .. variables]);
        }

        /// <summary>Nobody else ends it when a test fails half-way.</summary>
        public async Task EndDaemon()
        {
            if (!File.Exists(Command) || (await Type("status", "--json")).Output is not { Length: > 0 } said) return;
            if (JsonNode.Parse(said)!["pid"] is { } process)
                await OpenClaw.TestKit.Processes.Command.Run("kill", ["-KILL", $"{process}"]);
        }
    }
}
