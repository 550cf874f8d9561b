namespace OpenClaw.TestKit.Processes;

/// <summary>The built Standalone, started as a person starts it, on a free port.</summary>
public sealed class StandaloneProcess : IAsyncDisposable
{
    private readonly ServerProcess process;
    private Uri? url;

    private StandaloneProcess(string data, string[] arguments, (string Name, string Value)[] environment)
    {
        Data = data;
        process = ServerProcess.Launch(
            Repository.Program("Standalone", "openclaw-standalone"), ["--data", data, .. arguments], environment);
    }

    public string Data { get; }
    public int Id => process.Id;
    public Uri Url => url ?? throw new InvalidOperationException("It is not known to be ready.");
    public string Output => process.Output;
    public string Errors => process.Errors;
    public string TokenOf(string role) =>
        File.ReadLines(Path.Combine(Data, "tokens")).Single(l => l.StartsWith(role + "=", StringComparison.Ordinal))[(role.Length + 1)..];

    /// <summary>Starts it on a free port, or the one that it is told, and waits for its "Ready:".</summary>
    public static Task<StandaloneProcess> Start(string data, params string[] arguments) => StartIn(data, [], arguments);

    public static async Task<StandaloneProcess> StartIn(string data, (string Name, string Value)[] environment, params string[] arguments)
    {
        var server = Launch(data, environment, arguments.Contains("--port") ? arguments : ["--port", "0", .. arguments]);
        server.url = new Uri((await server.process.Ready())["Ready: ".Length..]);
        return server;
    }

    /// <summary>Starts it and waits for nothing.</summary>
    public static StandaloneProcess Launch(string data, (string Name, string Value)[] environment, params string[] arguments) =>
        new(data, arguments, environment);

    /// <summary>Waits for the line that follows "Try it:".</summary>
    public async Task<string> PasteableLine()
    {
        await Eventually.Is(() => process.Lines.Any(l => l.StartsWith("  curl ", StringComparison.Ordinal)), "a curl line is printed");
        return process.Lines.Single(l => l.StartsWith("  curl ", StringComparison.Ordinal)).Trim();
    }

    public Task Kill() => process.Kill();

    /// <summary>Sends a signal by name.</summary>
    public Task Send(string name) => process.Send(name);

    /// <summary>Sends a signal by name and waits for the end; the exit code and how long it took.</summary>
    public Task<(int ExitCode, TimeSpan Took)> Signal(string name) => process.Signal(name);

    public Task<int> Exit() => process.Exit();

    public ValueTask DisposeAsync() => process.DisposeAsync();
}
