using System.Globalization;
using System.Net;
using OpenClaw.Gateway;
using OpenClaw.Hosting;
using OpenClaw.Worker;

namespace OpenClaw.Standalone;

/// <summary>What the command line said.</summary>
internal sealed record GivenOptions(int? Port, string? Data, bool NoWorker, string? Listen, bool InsecureHttp, bool Verbose);

/// <summary>What this process does, from command line, environment and defaults; docs/configuration.md.</summary>
internal sealed record StandaloneOptions
{
    private const int DefaultPort = 3456;

    /// <summary>Together with the server's own end, Ctrl-C takes less than 5 s.</summary>
    private static readonly TimeSpan WorkerDrain = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WorkerStopGrace = TimeSpan.FromSeconds(1);

    public required IPAddress Address { get; init; }
    public required int Port { get; init; }
    public required string DataFolder { get; init; }
    /// <summary>The local worker as the environment has it, its server still to be named; null: none.</summary>
    public WorkerOptions? Worker { get; init; }
    /// <summary>Tell everything that happens, on standard error.</summary>
    public bool Verbose { get; init; }
    /// <summary>Token of the compatibility mode; null: off.</summary>
    public string? SharedToken { get; init; }
    /// <summary>Addresses that are told apart when refused requests are counted.</summary>
    public int MaxAddresses { get; init; } = GatewayOptions.DefaultMaxAddresses;
    /// <summary>Plain HTTP leaves this machine.</summary>
    public bool Exposed => !IPAddress.IsLoopback(Address);

    public static StandaloneOptions Read(GivenOptions given, Func<string, string?> environment)
    {
        var address = AddressOf(given.Listen);
        if (!IPAddress.IsLoopback(address) && !given.InsecureHttp)
        {
            throw Wrong($"Plain HTTP is served on loopback only, and {address} is not. "
                + "Behind a proxy that does TLS, add --insecure-http.");
        }
        var data = Path.GetFullPath(given.Data ?? Value(environment, "OPENCLAW_DATA") ?? DefaultFolder());
        return new StandaloneOptions
        {
            Address = address,
            Port = given.Port is { } port ? Checked(port, "--port") : PortOf(Value(environment, "WORKER_PORT")),
            DataFolder = data,
            SharedToken = Value(environment, "WORKER_TOKEN"),
            MaxAddresses = AddressesOf(Value(environment, "OPENCLAW_MAX_ADDRESSES")),
            Worker = given.NoWorker ? null : WorkerOf(data, environment),
            Verbose = given.Verbose,
        };
    }

    private static WorkerOptions WorkerOf(string data, Func<string, string?> environment)
    {
        var (options, errors) = WorkerArguments.Read([], Variable, Environment.MachineName, data);
        return options is null
            ? throw Wrong(string.Join('\n', errors))
            : options with { DrainTimeout = WorkerDrain, StopGrace = WorkerStopGrace, ClosedFolders = [data], HomeMayMove = true };

        string? Variable(string name) => name switch
        {
            "WORKER_URL" => "http://127.0.0.1",
            "WORKER_TOKEN" => "made-at-the-first-start",
            "OPENCLAW_WORKER_HOME" => Path.Combine(data, "worker"),
            // Both are about the way to a server elsewhere.
            "OPENCLAW_PROXY" or "OPENCLAW_CA_FILE" => null,
            _ => environment(name),
        };
    }

    private static string? Value(Func<string, string?> environment, string name) =>
        environment(name) is { Length: > 0 } value ? value : null;

    private static IPAddress AddressOf(string? text) => text switch
    {
        null or "localhost" => IPAddress.Loopback,
        _ when IPAddress.TryParse(text, out var address) => address,
        _ => throw Wrong($"--listen takes an IP address, not '{text}'."),
    };

    private static int PortOf(string? text)
    {
        if (text is null) return DefaultPort;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? Checked(port, "WORKER_PORT")
            : throw Wrong($"WORKER_PORT is '{text}'; it must be a number from 0 to 65535.");
    }

    private static int AddressesOf(string? text)
    {
        if (text is null) return GatewayOptions.DefaultMaxAddresses;
        var isNumber = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var addresses);
        return isNumber && addresses is >= 1 and <= GatewayOptions.LargestMaxAddresses
            ? addresses
            : throw Wrong($"OPENCLAW_MAX_ADDRESSES is '{text}'; it must be a number from 1 to {GatewayOptions.LargestMaxAddresses}.");
    }

    private static int Checked(int port, string name) =>
        port is >= 0 and <= 65535 ? port : throw Wrong($"{name} is {port}; it must be a number from 0 to 65535.");

    private static string DefaultFolder()
    {
        var local = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return local.Length > 0 ? Path.Combine(local, "openclaw") : throw Wrong("There is no home folder. Give --data DIR.");
    }

    private static RefusedToStartException Wrong(string sentence) => new(RefusedToStartException.Usage, sentence);
}
