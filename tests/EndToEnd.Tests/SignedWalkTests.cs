using System.Text.Json.Nodes;
using OpenClaw.TestKit.Clients;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.EndToEnd.Tests;

/// <summary>
/// docs/worker/signatures.md as a person walks it, all programs as they are: a PC that requires signatures, and <c>openclaw keys</c> that
/// signs what it is to run and the yes to what waits there.
/// </summary>
public sealed class SignedWalkTests : IAsyncLifetime
{
    private const string Policy = """
        { "signatures": "require", "approval": [{ "name": "asked", "glob": "*asked-for*" }], "approvalTerms": { "fromGateway": true } }
        """;

    private readonly TemporaryFolder folder = new();
    private StandaloneProcess server = null!;
    private ServerProcess worker = null!;
    private Api client = null!;

    private string Home => folder.File("home");
    private string Key => folder.File("laptop.key");

    public async Task InitializeAsync()
    {
        Directory.CreateDirectory(Home);
        await File.WriteAllTextAsync(Path.Combine(Home, "policy.json"), Policy);
        server = await StandaloneProcess.Start(folder.File("data"), "--no-worker");
        client = new Api(server.Url, server.TokenOf("client"));
        worker = ServerProcess.Launch(
            Repository.Program("Worker", "openclaw-worker"), [],
            ("WORKER_URL", server.Url.ToString()), ("WORKER_TOKEN", server.TokenOf("worker")),
            ("WORKER_NAME", "studio"), ("OPENCLAW_WORKER_HOME", Home));
        var made = (await RunCommand("client", "keys", "generate", Key)).Done();
        var trusted = await Command.Shell(
            $"echo '{made.Output}' | '{Repository.Program("Worker", "openclaw-worker")}' keys add - --name laptop --home '{Home}'");
        Assert.True(trusted.ExitCode == 0, $"{trusted}");
    }

    public async Task DisposeAsync()
    {
        client.Dispose();
        await worker.DisposeAsync();
        await server.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task What_is_signed_by_the_command_runs_and_what_is_not_does_not()
    {
        var task = WriteTask("task.json", """{ "command": "echo signed", "worker": "studio", "tags": { "for": "me" } }""");
        var id = (await RunCommand("client", "keys", "sign", task, "--key", Key, "--submit")).Done().Output.Trim();
        var end = await client.End(id);
        Assert.Equal(("succeeded", "signed\n"), (Text(end, "state"), Text(end, "stdout")));
        Assert.Equal("me", Text(end["tags"]!, "for"));

        // Signed here, sent by somebody else, who changes it or sends it twice.
        var body = (JsonObject)JsonNode.Parse((await RunCommand("nobody", "keys", "sign", task, "--key", Key)).Done().Output)!;
        var first = await client.Submit(body);
        Assert.Equal("succeeded", Text(await client.End(first), "state"));
        Assert.Equal(first, await client.Submit(body));
        var unsigned = await client.End(await client.Submit(new() { ["command"] = "echo signed", ["worker"] = "studio" }));
        Assert.Equal(("rejected", "signature-missing"), (Text(unsigned, "state"), Text(unsigned, "reason")));

        var other = folder.File("other.key");
        (await RunCommand("nobody", "keys", "generate", other)).Done();
        var stranger = (await RunCommand("client", "keys", "sign", task, "--key", other, "--submit")).Done().Output.Trim();
        Assert.Equal("signature-unknown-key", Text(await client.End(stranger), "reason"));
    }

    [Fact]
    public async Task A_yes_that_is_signed_by_the_command_counts_and_for_a_while_where_it_says_so()
    {
        var task = WriteTask("task.json", """{ "command": "echo asked-for", "worker": "studio" }""");
        var id = await SubmitAndWait(task);
        var local = (await Command.Run(Repository.Program("Worker", "openclaw-worker"), ["approve", "--json", "--home", Home])).Done();
        var digest = Text(JsonNode.Parse(local.Output.Trim())!, "digest");

        var silent = await RunCommand("admin", "keys", "sign-approval", id, "--key", Key, "--submit");
        Assert.Equal(2, silent.ExitCode);
        Assert.Contains(digest, silent.Errors, StringComparison.Ordinal);
        Assert.Equal(1, (await RunCommand("admin", "keys", "sign-approval", id, "--key", Key, "--yes",
            "--digest", new string('0', 64), "--submit")).ExitCode);
        string[] yes = ["keys", "sign-approval", id, "--key", Key, "--yes", "--digest", digest, "--for", "30m", "--submit"];
        (await RunCommand("admin", yes)).Done();
        Assert.Equal("succeeded", Text(await client.End(id), "state"));

        // The same rule asks no more.
        id = (await RunCommand("client", "keys", "sign", task, "--key", Key, "--submit")).Done().Output.Trim();
        Assert.Equal("succeeded", Text(await client.End(id), "state"));
        Assert.Equal(1, (await RunCommand("admin", "keys", "sign-approval", id, "--key", Key, "--no")).ExitCode);
    }

    private async Task<string> SubmitAndWait(string task)
    {
        var id = (await RunCommand("client", "keys", "sign", task, "--key", Key, "--submit")).Done().Output.Trim();
        await Eventually.Is(
            async () => Text((await client.Get($"/tasks/{id}")).Ok(), "state") == "awaiting_approval", "it waits for a yes");
        return id;
    }

    private string WriteTask(string name, string json)
    {
        File.WriteAllText(folder.File(name), json);
        return folder.File(name);
    }

    private async Task<Ran> RunCommand(string role, params string[] words) => await Command.Run(
        Repository.Program("Cli", "openclaw"), words, ("XDG_CONFIG_HOME", folder.File("config")), ("OPENCLAW_URL", server.Url.ToString()),
        ("OPENCLAW_TOKEN", role == "nobody" ? "" : server.TokenOf(role)));

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();
}

file static class RanTests
{
    /// <summary>One that has to succeed.</summary>
    public static Ran Done(this Ran ran)
    {
        Assert.True(ran.ExitCode == 0, $"{ran}");
        return ran;
    }
}
