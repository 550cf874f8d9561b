namespace OpenClaw.TestKit.Processes;

/// <summary>A built silo of a cluster, on free ports of loopback unless the environment says others.</summary>
public sealed class SiloProcess : IAsyncDisposable
{
    private static readonly (string, string)[] FreePorts =
        [("OPENCLAW_SILO_PORT", "0"), ("OPENCLAW_SILO_GATEWAY_PORT", "0"), ("OPENCLAW_HTTP_PORT", "0")];
    private Uri? url;

    private SiloProcess(ServerProcess process) => Process = process;

    /// <summary>What it says, its signals, its end.</summary>
    public ServerProcess Process { get; }

    /// <summary>Where it serves health and metrics.</summary>
    public Uri Url => url ?? throw new InvalidOperationException("It is not known to be ready.");

    public static async Task<SiloProcess> Start(string connection, params (string Name, string Value)[] environment)
    {
        var silo = Launch(connection, environment);
        await silo.Ready();
        return silo;
    }

    /// <summary>Starts it and waits for nothing.</summary>
    public static SiloProcess Launch(string connection, params (string Name, string Value)[] environment) =>
        LaunchProgram(Repository.Program("Silo", "openclaw-silo"), connection, environment);

    /// <summary>Another program that composes the product's silo.</summary>
    public static SiloProcess LaunchProgram(string program, string connection, params (string Name, string Value)[] environment) =>
        new(ServerProcess.Launch(program, [], [.. FreePorts, ("ConnectionStrings__openclaw", connection), .. environment]));

    /// <summary>The product's silo as process 1 of a namespace of its own, as in a container.</summary>
    public static async Task<SiloProcess> StartFirst(string connection)
    {
        var process = ServerProcess.LaunchFirst(
            Repository.Program("Silo", "openclaw-silo"), [], [.. FreePorts, ("ConnectionStrings__openclaw", connection)]);
        var silo = new SiloProcess(process);
        await silo.Ready();
        return silo;
    }

    /// <summary>Waits for "Ready: URL, silo ADDRESS, for gateways ADDRESS".</summary>
    public async Task Ready() => url = new Uri((await Process.Ready())["Ready: ".Length..].Split(',')[0]);

    public ValueTask DisposeAsync() => Process.DisposeAsync();
}
