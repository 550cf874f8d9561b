using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using OpenClaw.TestKit.Checking;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.Cluster.Tests.Work;

/// <summary>
/// The real Claude Code CLI, and the stand-in of the tests for the API it asks: turns that run the witness as the agent's tool.
/// </summary>
internal sealed class AgentApi : IDisposable
{
    public const string Label = "agents";
    private const int Timeout = 120_000;
    private readonly Process standin;

    private AgentApi(Process standin, string settings) => (this.standin, Settings) = (standin, settings);

    /// <summary>settings.json of a daemon that has the CLI.</summary>
    public string Settings { get; }

    /// <summary>Installs the CLI where it is not there.</summary>
    public static async Task<AgentApi> Start(string folder)
    {
        var clis = Path.Combine(Repository.Root, "tests", "Worker.Tests", "Agents", "RealClis");
        var installed = await Command.Run("bash", [Path.Combine(clis, "install-cli.sh"), "claude"]);
        Assert.True(installed.ExitCode == 0, installed.Errors);
        var port = FreePort.Find().ToString(CultureInfo.InvariantCulture);
        var log = Path.Combine(folder, "agent-api.log");
        var standin = Process.Start(
            new ProcessStartInfo("node", [Path.Combine(clis, "standin.mjs"), port, log]) { RedirectStandardOutput = true })!;
        Assert.Contains("fake on", await standin.StandardOutput.ReadLineAsync(), StringComparison.Ordinal);
        var settings = new JsonObject
        {
            ["claude"] = new JsonObject
            {
                ["program"] = installed.Output.Trim(),
                ["allowedTools"] = new JsonArray("Bash"),
                ["env"] = new JsonObject
                {
                    ["ANTHROPIC_BASE_URL"] = $"http://127.0.0.1:{port}", ["ANTHROPIC_API_KEY"] = "sk-test", ["DISABLE_AUTOUPDATER"] = "1",
                    ["CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"] = "1",
                },
            },
        };
        return new AgentApi(standin, settings.ToJsonString());
    }

    /// <summary>A turn whose prompt has the model run the witness.</summary>
    public static (JsonObject Body, Func<string, Accepted> Accepted) Next(string key, Witness witness, Random random)
    {
        var payload = new JsonObject
        {
            ["prompt"] = $"[[bash {witness.Command(key, Math.Round(random.NextDouble(), 2), 0)}]]",
            ["sessionId"] = Guid.NewGuid().ToString(),
        };
        var body = new JsonObject
        {
            ["kind"] = "claude-cli", ["payload"] = payload, ["labels"] = new JsonArray(Label),
            ["timeout"] = Timeout, ["killGrace"] = 500,
        };
        return (body, id => new Accepted(key, id, 1) { Timeout = Timeout, KillGrace = 500, Witness = WitnessKind.Agent });
    }

    public void Dispose()
    {
        this.standin.Kill(entireProcessTree: true);
        this.standin.Dispose();
    }
}
