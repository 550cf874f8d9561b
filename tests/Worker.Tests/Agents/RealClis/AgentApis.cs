using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.Worker.Tests.Agents.RealClis;

/// <summary>The stand-in for the APIs of the agents' makers, and the real CLIs that talk to it.</summary>
public sealed class AgentApis : IAsyncLifetime
{
    private static readonly Dictionary<string, string> Installed = [];
    private readonly HttpClient http = new();
    private readonly string log = Path.GetTempFileName();
    private Process? server;

    public string Url { get; private set; } = "";

    public async Task InitializeAsync()
    {
        var shared = Path.GetFullPath(Path.Combine(RepositoryRoot, "..", "shared", "tools", "agent-apis", "standin.mjs"));
        var port = FreePort.Find();
        server = Start("node", File.Exists(shared) ? shared : PathOf("standin.mjs"), port.ToString(CultureInfo.InvariantCulture), log);
        Assert.Contains("fake on", await server.StandardOutput.ReadLineAsync(), StringComparison.Ordinal);
        Url = $"http://127.0.0.1:{port}";
    }

    /// <summary>Path of a real CLI; it is installed when it is not there.</summary>
    public static string Cli(string name)
    {
        if (Installed.TryGetValue(name, out var path)) return path;
        using var process = Start("bash", PathOf("install-cli.sh"), name);
        path = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return Installed[name] = path;
    }

    /// <summary>What the stand-in was asked in turns whose prompt contains <paramref name="mark"/>.</summary>
    public async Task<IReadOnlyList<Asked>> Log(string mark)
    {
        var lines = (await http.GetStringAsync(new Uri(Url + "/_log"))).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var asked = lines.Select(line => JsonElement.Parse(line)).Where(entry => entry.TryGetProperty("prompts", out _));
        var all = asked.Select(entry => new Asked(
            entry.GetProperty("turns").GetInt32(), entry.GetProperty("prompt").GetString()!, entry.GetProperty("promptLength").GetInt32(),
            [.. entry.GetProperty("prompts").EnumerateArray().Select(prompt => prompt.GetString()!)]));
        return [.. all.Where(asked => asked.Prompt.Contains(mark, StringComparison.Ordinal))];
    }

    public Task DisposeAsync()
    {
        server?.Kill(entireProcessTree: true);
        server?.Dispose();
        http.Dispose();
        File.Delete(log);
        return Task.CompletedTask;
    }

    private static Process Start(string program, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;

    private static string PathOf(string file) => Path.Combine(RepositoryRoot, "tests", "Worker.Tests", "Agents", "RealClis", file);

    private static string RepositoryRoot
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder.FullName, "OpenClaw.sln"))) folder = folder.Parent!;
            return folder.FullName;
        }
    }
}

/// <summary>One request the stand-in got: prompts so far in the conversation, and the last of them (its first 300 characters).</summary>
public sealed record Asked(int Turns, string Prompt, int PromptLength, string[] Prompts);
