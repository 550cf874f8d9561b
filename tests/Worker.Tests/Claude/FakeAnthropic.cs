using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace OpenClaw.Worker.Tests.Claude;

/// <summary>The real CLI, installed once, and the stand-in for the API it talks to.</summary>
public sealed class FakeAnthropic : IAsyncLifetime
{
    private readonly HttpClient http = new();
    private Process? server;

    /// <summary>Path of the real CLI.</summary>
    public string Cli { get; private set; } = "";

    /// <summary>Address of the stand-in.</summary>
    public string Url { get; private set; } = "";

    public async Task InitializeAsync()
    {
        var root = RepositoryRoot();
        Cli = (await Output("bash", Path.Combine(root, "tests", "Worker.Tests", "Claude", "install-cli.sh"))).Trim();
        var shared = Path.GetFullPath(Path.Combine(root, "..", "shared", "tools", "fake-anthropic", "server.mjs"));
        var own = Path.Combine(root, "tests", "Worker.Tests", "Claude", "fake-anthropic", "server.mjs");
        var port = FreePort();
        server = Start("node", File.Exists(shared) ? shared : own, port.ToString(System.Globalization.CultureInfo.InvariantCulture));
        var line = await server.StandardOutput.ReadLineAsync();
        Assert.Contains("fake Anthropic API on", line, StringComparison.Ordinal);
        Url = $"http://127.0.0.1:{port}";
    }

    /// <summary>What the stand-in was asked in turns whose prompt contains <paramref name="mark"/>.</summary>
    public async Task<IReadOnlyList<Asked>> Log(string mark)
    {
        using var log = JsonDocument.Parse(await http.GetStringAsync(new Uri(Url + "/log")));
        return [.. log.RootElement.EnumerateArray()
            .Select(entry => new Asked(entry.GetProperty("turns").GetInt32(), entry.GetProperty("prompt").GetString()!))
            .Where(asked => asked.Prompt.Contains(mark, StringComparison.Ordinal))];
    }

    public Task DisposeAsync()
    {
        server?.Kill(entireProcessTree: true);
        server?.Dispose();
        http.Dispose();
        return Task.CompletedTask;
    }

    private static async Task<string> Output(string program, params string[] arguments)
    {
        using var process = Start(program, arguments);
        var text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        return text;
    }

    private static Process Start(string program, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "OpenClaw.sln"))) folder = folder.Parent!;
        return folder.FullName;
    }
}

/// <summary>One request the stand-in got.</summary>
public sealed record Asked(int Turns, string Prompt);
