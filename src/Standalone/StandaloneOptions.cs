using System.Globalization;
using System.Net;

namespace OpenClaw.Standalone;

/// <summary>What the command line said.</summary>
internal sealed record GivenOptions(int? Port, string? Data, bool NoWorker, string? Listen, bool InsecureHttp);

/// <summary>What this process does, from command line, environment and defaults; docs/configuration.md.</summary>
internal sealed record StandaloneOptions
{
    private const int DefaultPort = 3456;

    public required IPAddress Address { get; init; }
    public required int Port { get; init; }
    public required string DataFolder { get; init; }
    public bool RunWorker { get; init; } = true;
    /// <summary>Token of the compatibility mode; null: off.</summary>
    public string? SharedToken { get; init; }
    /// <summary>Name of the local worker; null: the host's.</summary>
    public string? WorkerName { get; init; }
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
        return new StandaloneOptions
        {
            Address = address,
            Port = given.Port is { } port ? Checked(port, "--port") : PortOf(Value(environment, "WORKER_PORT")),
            DataFolder = Path.GetFullPath(given.Data ?? Value(environment, "OPENCLAW_DATA") ?? DefaultFolder()),
            RunWorker = !given.NoWorker,
            SharedToken = Value(environment, "WORKER_TOKEN"),
            WorkerName = Value(environment, "WORKER_NAME"),
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

    private static int Checked(int port, string name) =>
        port is >= 0 and <= 65535 ? port : throw Wrong($"{name} is {port}; it must be a number from 0 to 65535.");

    private static string DefaultFolder()
    {
        var local = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return local.Length > 0 ? Path.Combine(local, "openclaw") : throw Wrong("There is no home folder. Give --data DIR.");
    }

    private static RefusedToStartException Wrong(string sentence) => new(RefusedToStartException.Usage, sentence);
}
