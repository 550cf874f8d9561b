using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using OpenClaw.TestKit.Clients;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.EndToEnd.Tests;

/// <summary>A task waits for the yes of a PC's owner: a real server, a real worker with a policy, and the owner's own commands.</summary>
public sealed class ApprovalTests : IAsyncLifetime
{
    private const string Policy = """{"approval": [{"name": "asked", "glob": "*witness*"}]}""";
    private readonly TemporaryFolder folder = new();
    private StandaloneProcess server = null!;
    private ServerProcess worker = null!;
    private Api client = null!;
    private Api admin = null!;

    private string Home => folder.File("home");
    private string Data => folder.File("data");
    private string Witness => folder.File("witness");

    public async Task InitializeAsync()
    {
        Directory.CreateDirectory(Home);
        await File.WriteAllTextAsync(Path.Combine(Home, "policy.json"), Policy);
        // One of the tests comes back to this port.
        this.server = await StandaloneProcess.Start(Data, "--no-worker", "--port", FreePort.Find().ToString(CultureInfo.InvariantCulture));
        (client, admin) = (new Api(this.server.Url, this.server.TokenOf("client")), new Api(this.server.Url, this.server.TokenOf("admin")));
        StartWorker();
    }

    public async Task DisposeAsync()
    {
        client.Dispose();
        admin.Dispose();
        await worker.DisposeAsync();
        await this.server.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task It_runs_once_after_a_yes_at_the_PC_that_names_what_was_looked_at()
    {
        var id = await Submit();
        var waiting = await Waiting(id);
        Assert.Equal(("approval.asked", $"echo ran >> '{Witness}'"), (Text(waiting, "rule"), Text(waiting, "what")));
        var task = (await client.Get($"/tasks/{id}")).Ok();
        Assert.Equal(("pending", "awaiting_approval"), (Text(task, "status"), Text(task, "state")));
        Assert.Equal(Text(waiting, "digest"), Text(task["approval"]!, "digest"));
        Assert.False(File.Exists(Witness));

        Assert.Equal(0, (await Owner("approve", Text(waiting, "attempt"), "--yes")).ExitCode);

        Assert.Equal("succeeded", Text(await client.End(id), "state"));
        Assert.Equal(1, (await Owner("approve", Text(waiting, "attempt"), "--yes")).ExitCode);
        Assert.Equal(["ran"], await File.ReadAllLinesAsync(Witness));
        Assert.Equal(0, (await Owner("history", "--verify")).ExitCode);
        var history = (await Owner("history")).Output;
        Assert.Matches("approved rule approval.asked by owner", history);
        Assert.DoesNotContain("witness", history, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Through_the_gateway_it_can_only_be_refused_unless_the_owner_says_otherwise()
    {
        var id = await Submit();
        var digest = Text(await Waiting(id), "digest");

        var other = await Decide(admin, id, "approve", new string('0', 64));
        Assert.Equal((HttpStatusCode.Conflict, "urn:openclaw:approval-differs"), (other.Status, Text(other.Json!, "type")));
        var elsewhere = await Decide(admin, id, "approve", digest);
        Assert.Equal((HttpStatusCode.Conflict, "urn:openclaw:approval-is-local"), (elsewhere.Status, Text(elsewhere.Json!, "type")));
        Assert.Equal(HttpStatusCode.Forbidden, (await Decide(client, id, "approve", digest)).Status);
        Assert.Equal("rejected", Text((await Decide(admin, id, "reject", digest)).Ok(), "state"));

        Assert.Equal("approval-denied", Text(await client.End(id), "reason"));
        await Eventually.Is(async () => (await Owner("approve")).Output.Contains("nothing waits", StringComparison.Ordinal),
            "the worker let it go");
        Assert.False(File.Exists(Witness));
    }

    [Fact]
    public async Task Nobody_answers_so_it_is_rejected_when_its_time_is_over_and_nothing_ran()
    {
        // Its time is for the owner: none of it goes by while the worker comes up.
        await Eventually.Is(async () => (await client.Get("/workers/pc")).Text.Contains("\"online\"", StringComparison.Ordinal),
            "the worker is there");
        var id = await Submit(startWithin: 20_000);
        await Waiting(id);

        var end = await client.End(id);

        Assert.Equal(("rejected", "approval-timeout", -1), (Text(end, "state"), Text(end, "reason"), end["exitCode"]!.GetValue<int>()));
        Assert.False(File.Exists(Witness));
    }

    [Fact]
    public async Task It_waits_on_over_kill_9_of_the_server_and_of_the_worker()
    {
        var id = await Submit();
        var before = await Waiting(id);
        var since = (await client.Get($"/tasks/{id}")).Ok()["approval"]!["since"]!.GetValue<long>();

        await worker.Kill();
        await this.server.Kill();
        var port = this.server.Url.Port.ToString(CultureInfo.InvariantCulture);
        await using var server = StandaloneProcess.Launch(Data, [], "--port", port, "--no-worker");
        await Eventually.Is(async () => await Answers(), "the server is back");
        StartWorker();

        var after = await Waiting(id);
        Assert.Equal(Text(before, "digest"), Text(after, "digest"));
        await Eventually.Is(async () => (await client.Get("/workers/pc")).Ok()["status"]!.GetValue<string>() == "online",
            "the worker is back");
        var task = (await client.Get($"/tasks/{id}")).Ok();
        Assert.Equal(("awaiting_approval", since), (Text(task, "state"), task["approval"]!["since"]!.GetValue<long>()));

        Assert.Equal(0, (await Owner("approve", Text(after, "attempt"), "--yes")).ExitCode);
        Assert.Equal("succeeded", Text(await client.End(id), "state"));
        Assert.Equal(["ran"], await File.ReadAllLinesAsync(Witness));
    }

    [Fact]
    public async Task Another_task_of_the_same_user_can_not_say_the_owners_yes()
    {
        var id = await Submit();
        var waiting = await Waiting(id);
        var other = await client.End(await client.Submit(new JsonObject
        {
            ["argv"] = new JsonArray(
                "/usr/bin/setsid", "-w", "/usr/bin/env", "-i", Repository.Program("Worker", "openclaw-worker"),
                "approve", Text(waiting, "attempt"), "--yes", "--home", Home),
            ["worker"] = "pc",
        }));
        Assert.Equal(("failed", 1), (Text(other, "state"), other["exitCode"]!.GetValue<int>()));
        Assert.Contains("approve is the owner's to say", Text(other, "stderr"), StringComparison.Ordinal);
        Assert.Equal("awaiting_approval", Text((await client.Get($"/tasks/{id}")).Ok(), "state"));
        Assert.False(File.Exists(Witness));
    }

    [Fact]
    public async Task A_yes_for_an_hour_counts_for_the_next_one_too_until_it_is_taken_back()
    {
        var first = await Submit();
        Assert.Equal(0, (await Owner("approve", Text(await Waiting(first), "attempt"), "--yes", "--for", "1h")).ExitCode);
        await client.End(first);
        var second = await client.End(await Submit());
        Assert.Equal("succeeded", Text(second, "state"));
        Assert.Contains("approval.asked", (await Owner("approve", "--rules")).Output, StringComparison.Ordinal);
        Assert.Contains("approval.asked", (await Owner("status")).Output, StringComparison.Ordinal);

        Assert.Equal(0, (await Owner("approve", "--revoke", "approval.asked")).ExitCode);

        await Waiting(await Submit());
        Assert.Equal(["ran", "ran"], await File.ReadAllLinesAsync(Witness));
    }

    private void StartWorker() => worker = ServerProcess.Launch(
        Repository.Program("Worker", "openclaw-worker"), [],
        ("WORKER_URL", this.server.Url.ToString()), ("WORKER_TOKEN", this.server.TokenOf("worker")),
        ("WORKER_NAME", "pc"), ("OPENCLAW_WORKER_HOME", Home));

    private Task<string> Submit(long startWithin = 900_000) => client.Submit(new JsonObject
    {
        ["command"] = $"echo ran >> '{Witness}'", ["worker"] = "pc", ["startWithin"] = startWithin,
    });

    /// <summary>The attempt as the owner sees it, once the server knows that it waits.</summary>
    private async Task<JsonNode> Waiting(string id)
    {
        JsonNode? found = null;
        await Eventually.Is(
            async () =>
            {
                var line = (await Owner("approve", "--json")).Output.Split('\n')
                    .FirstOrDefault(text => text.Contains(id, StringComparison.Ordinal));
                found = line is null ? null : JsonNode.Parse(line);
                return found?["leftMs"] is not null
                    || (found is not null && Text((await client.Get($"/tasks/{id}")).Ok(), "state") == "awaiting_approval");
            },
            "it waits for a yes");
        return found!;
    }

    private async Task<bool> Answers()
    {
        try
        {
            return (await client.Get("/health")).IsSuccess;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static Task<Reply> Decide(Api who, string id, string decision, string digest) =>
        who.Post($"/tasks/{id}/approval", new JsonObject { ["decision"] = decision, ["digest"] = digest });

    private Task<Ran> Owner(params string[] words) =>
        Command.Run(Repository.Program("Worker", "openclaw-worker"), [.. words, "--home", Home]);

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();
}
