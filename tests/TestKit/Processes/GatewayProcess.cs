using OpenClaw.TestKit.Clients;

namespace OpenClaw.TestKit.Processes;

/// <summary>A built gateway of a cluster, on a free port of loopback unless the environment says another.</summary>
public sealed class GatewayProcess : IAsyncDisposable
{
    private Uri? url;

    private GatewayProcess(ServerProcess process) => Process = process;

    private static string Program => Repository.Program("Gateway", "openclaw-gateway");

    /// <summary>What it says, its signals, its end.</summary>
    public ServerProcess Process { get; }

    public Uri Url => url ?? throw new InvalidOperationException("It is not known to be ready.");

    /// <summary>Whether it printed tokens: the first gateway of a database does, when it was given none.</summary>
    public bool PrintedTokens => Process.Lines.Any(l => l.Contains(" token  ocl_", StringComparison.Ordinal));

    public static async Task<GatewayProcess> Start(string connection, params (string Name, string Value)[] environment)
    {
        var gateway = Launch(connection, environment);
        await gateway.Ready();
        return gateway;
    }

    /// <summary>Starts it and waits for nothing.</summary>
    public static GatewayProcess Launch(string connection, params (string Name, string Value)[] environment) =>
        new(ServerProcess.Launch(Program, [], [("WORKER_PORT", "0"), ("ConnectionStrings__openclaw", connection), .. environment]));

    /// <summary>As process 1 of a namespace of its own, as in a container.</summary>
    public static async Task<GatewayProcess> StartFirst(string connection, params (string Name, string Value)[] environment)
    {
        var process = ServerProcess.LaunchFirst(
            Program, [], [("WORKER_PORT", "0"), ("ConnectionStrings__openclaw", connection), .. environment]);
        var gateway = new GatewayProcess(process);
        await gateway.Ready();
        return gateway;
    }

    /// <summary>Waits for "Ready: URL".</summary>
    public async Task Ready() => url = new Uri((await Process.Ready())["Ready: ".Length..]);

    /// <summary>A token it printed: client, worker, admin.</summary>
    public string TokenOf(string role) =>
        Process.Lines.Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Single(w => w is [_, "token", _] && w[0] == role)[2];

    public Api As(string token) => new(Url, token);

    public ValueTask DisposeAsync() => Process.DisposeAsync();
}
