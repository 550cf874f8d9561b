using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using OpenClaw.Cli.Tests.Hosting;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Signing;
using OpenClaw.Protocol.Tasks;

namespace OpenClaw.Cli.Tests.Keys;

/// <summary>What <c>openclaw keys sign</c> makes of a task, and what it makes nothing of.</summary>
public sealed class SignTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 12, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly TestTerminal terminal = new() { Clock = new FakeTimeProvider(Now) };
    private readonly SigningKey key = SigningKey.Generate();
    private readonly string file;

    public SignTests() => file = terminal.WriteFile("laptop.key", key.ToPem());

    public void Dispose()
    {
        terminal.Dispose();
        key.Dispose();
    }

    [Fact]
    public async Task A_task_is_signed_as_it_stands_and_what_is_the_servers_stands_beside()
    {
        const string Task = """
            {"command":"uname -a","worker":"studio","timeout":5000,"maxAttempts":2,"priority":7,"callbackUrl":"https://example.com/x"}
            """;
        var run = await terminal.RunWithInput(Task, "keys", "sign", "-", "--key", file, "--expires", "2h", "--tenant", "acme");

        Assert.True(run is { ExitCode: 0, Error: "" }, run.ToString());
        var submit = JsonSerializer.Deserialize(run.Out, ProtocolJson.Default.SubmitTask)!;
        Assert.Equal((7, "https://example.com/x", null), (submit.Priority, submit.CallbackUrl, submit.Command));
        Assert.True(key.PublicKey.Verifies(submit.Signed!.Decode(new FieldErrors())!));
        var statement = submit.FindStatement()!;
        Assert.Equal(("acme", "studio", "command", 5000, 2), (
            statement.Tenant, statement.Worker, statement.Kind, statement.Timeout, statement.MaxAttempts));
        Assert.Equal("uname -a", statement.Payload.GetProperty("command").GetString());
        Assert.Equal(Now.AddHours(2).ToUnixTimeMilliseconds(), statement.ExpiresAt);
    }

    [Fact]
    public async Task Where_no_worker_is_named_it_is_said_that_each_may_run_it()
    {
        var run = await terminal.RunWithInput(
            """{"command":"id"}""", "keys", "sign", "-", "--key", file, "--id", "nightly-build-2026-12-01");
        Assert.Equal((0, "It names no worker: each PC that trusts the key may run it, once."), (run.ExitCode, run.Error.Trim()));
        Assert.Equal("nightly-build-2026-12-01", JsonSerializer.Deserialize(run.Out, ProtocolJson.Default.SubmitTask)!.FindStatement()!.Id);
    }

    [Theory]
    [InlineData("""{"comand":"id"}""", "comand")]
    [InlineData("""{"command":"id","command":"rm"}""", "command")]
    [InlineData("""{"command":"id"} x""", "not the JSON of a task")]
    [InlineData("""{"command":"id","timeout":0}""", "timeout must be")]
    [InlineData("""{}""", "command")]
    [InlineData("null", "no task")]
    [InlineData("[]", "not the JSON of a task")]
    [InlineData("""{"command":"id"}""", "32d", "--expires", "90d")]
    [InlineData("""{"command":"id"}""", "id must be 16 to 128", "--id", "short")]
    [InlineData("""{"command":"id"}""", "tenant", "--tenant", "No Name")]
    public async Task What_a_server_or_a_PC_would_refuse_is_not_signed(string task, string said, params string[] more)
    {
        var run = await terminal.RunWithInput(task, ["keys", "sign", "-", "--key", file, .. more]);
        Assert.Equal((ExitCodes.Usage, ""), (run.ExitCode, run.Out));
        Assert.Contains(said, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_key_or_what_is_signed_already_nothing_is_signed()
    {
        var signed = (await terminal.RunWithInput("""{"command":"id"}""", "keys", "sign", "-", "--key", file)).Out;
        foreach (var (input, words) in new[]
        {
            ("""{"command":"id"}""", new[] { "keys", "sign", "-" }), (signed, ["keys", "sign", "-", "--key", file]),
            ("", ["keys", "sign", "/nothing/here", "--key", file]),
            ("", ["keys", "sign-approval", Guid.NewGuid().ToString(), "--yes"]), ("", ["keys", "sign-approval", "x", "--key", file]),
            ("", ["keys", "sign-approval", Guid.NewGuid().ToString(), "--key", file, "--no", "--for", "1h"]),
            ("", ["keys", "sign-approval", Guid.NewGuid().ToString(), "--key", file, "--yes", "--for", "2h"]),
        })
        {
            var run = await terminal.RunWithInput(input, words);
            Assert.True(run is { ExitCode: ExitCodes.Usage, Out: "" }, run.ToString());
        }
    }
}

/// <summary>The same at a real gateway.</summary>
public sealed class SignAndSubmitTests(LiveGateway gateway) : IClassFixture<LiveGateway>
{
    [Fact]
    public async Task A_signed_task_is_submitted_once_by_its_id()
    {
        using var terminal = new TestTerminal { Typed = gateway.Tokens["client"] };
        await terminal.Succeed("login", gateway.Address.ToString());
        using var key = SigningKey.Generate();
        var file = terminal.WriteFile("laptop.key", key.ToPem());
        var task = terminal.WriteFile("task.json", """{"command":"id","worker":"nobody"}""");
        var id = Guid.Parse((await terminal.Succeed("keys", "sign", task, "--key", file, "--submit", "--id", "nightly-2026-12-01")).Trim());
        using var http = gateway.With(gateway.Tokens["client"]);
        var stored = (await new TasksClient(http).GetTask(id.ToString())).Value!;
        Assert.Equal(("queued", "command"), (stored.State, stored.Kind));

        // Signed once more, so it is not the same text: no second task, whatever else is said.
        var again = await terminal.Run("keys", "sign", task, "--key", file, "--submit", "--id", "nightly-2026-12-01");
        Assert.True(again.ExitCode == ExitCodes.Usage || again.Out.Trim() == id.ToString(), again.ToString());
        Assert.Single((await new TasksClient(http).ListTasks(new TaskFilter())).Value!.Tasks);
        var waits = await terminal.Run("keys", "sign-approval", id.ToString(), "--key", file, "--yes");
        Assert.Equal((ExitCodes.No, $"openclaw: task {id} does not wait for a yes: it is queued"), (waits.ExitCode, waits.Error.Trim()));
    }
}
