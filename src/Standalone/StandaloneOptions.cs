using System.Globalization;
using System.Net;
using OpenClaw.Gateway;
using OpenClaw.Gateway.Hosting;
using OpenClaw.Gateway.Security;
using OpenClaw.Hosting;
using OpenClaw.Hosting.Https;
using OpenClaw.Hosting.Settings;
using OpenClaw.Storage;
using OpenClaw.Worker;

namespace OpenClaw.Standalone;

/// <summary>What this process does, from command line, environment and defaults; docs/configuration.md.</summary>
internal sealed record StandaloneOptions
{
    private const int DefaultPort = 3456;
    private static readonly Setting PortSetting = new("WORKER_PORT", "Port to listen on; 0 takes a free one. Default: 3456.", "--port");
    private static readonly Setting Data = new(
        "OPENCLAW_DATA", "Data folder. Default: openclaw in the user's local data.", "--data");
    private static readonly string[] Roles = ["client", "worker", "admin"];

    /// <summary>Together with the server's own end, Ctrl-C takes less than 5 s.</summary>
    private static readonly TimeSpan WorkerDrain = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WorkerStopGrace = TimeSpan.FromSeconds(1);

    /// <summary>Settings that have an option.</summary>
    public static IReadOnlyList<Setting> Settings { get; } =
        [PortSetting, Data, .. ProgramSettings.All, .. ListenSettings.All, .. HttpsSettings.All];

    /// <summary>Where it serves HTTP or HTTPS, and whether it tells everything that happens.</summary>
    public required ListenSettings Http { get; init; }
    public required string DataFolder { get; init; }
    /// <summary>The local worker as the environment has it, its server still to be named; null: none.</summary>
    public WorkerOptions? Worker { get; init; }
    /// <summary>Token of the compatibility mode; null: off.</summary>
    public string? SharedToken { get; init; }
    /// <summary>Variables of tokens to accept; no task's program may find them.</summary>
    public static IEnumerable<string> TokenVariables => Roles.Select(NameTokenVariable);
    /// <summary>Tokens the environment gave, to be accepted beside those of the data folder.</summary>
    public IReadOnlyList<IssuedToken> Tokens { get; init; } = [];
    /// <summary>Addresses that are told apart when refused requests are counted.</summary>
    public int MaxAddresses { get; init; } = GatewayOptions.DefaultMaxAddresses;
    /// <summary>Days that ended tasks are kept.</summary>
    public int KeepDays { get; init; } = StorageOptions.DefaultDays;
    /// <summary>Days that the audit is kept.</summary>
    public int KeepAuditDays { get; init; } = StorageOptions.DefaultDays;
    /// <summary>MiB of output and payloads of ended tasks that are kept together.</summary>
    public int KeepOutput { get; init; } = StorageOptions.DefaultOutput;
    /// <summary>Days of silence until conversations and names of workers are forgotten.</summary>
    public int ForgetAfter { get; init; } = StorageOptions.DefaultSilentDays;
    /// <summary>Folder of the worker's programs, for PCs that join.</summary>
    public string? WorkerFiles { get; init; }
    /// <summary>Proxies in front whose X-Forwarded-For is believed.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    public static StandaloneOptions Read(SettingsReader reader, bool hasWorker, Func<string, string?> environment)
    {
        var data = Path.GetFullPath(reader.ReadText(Data) ?? GetDefaultFolder());
        var http = ListenSettings.ReadWithHttps(reader, PortSetting, DefaultPort, data);
        var proxies = ProxySettings.ReadProxies(reader);
        var files = ProgramSettings.ReadFolder(reader, data);
        reader.ThrowIfInvalid();
        var days = ReadNumber(environment, "OPENCLAW_KEEP_DAYS", StorageOptions.DefaultDays, StorageOptions.LargestDays);
        var auditDays = ReadNumber(environment, "OPENCLAW_KEEP_AUDIT_DAYS", days, StorageOptions.LargestDays);
        if (auditDays < days) throw CreateUsageError("OPENCLAW_KEEP_AUDIT_DAYS must not be less than OPENCLAW_KEEP_DAYS.");
        return new StandaloneOptions
        {
            Http = http,
            TrustedProxies = proxies,
            DataFolder = data,
            WorkerFiles = files,
            SharedToken = ReadVariable(environment, "WORKER_TOKEN"),
            Tokens = ReadTokens(environment),
            MaxAddresses = ReadNumber(
                environment, "OPENCLAW_MAX_ADDRESSES", GatewayOptions.DefaultMaxAddresses, GatewayOptions.LargestMaxAddresses),
            KeepDays = days,
            KeepAuditDays = auditDays,
            KeepOutput = ReadNumber(environment, "OPENCLAW_KEEP_OUTPUT", StorageOptions.DefaultOutput, int.MaxValue),
            ForgetAfter = ReadNumber(environment, "OPENCLAW_FORGET_AFTER", StorageOptions.DefaultSilentDays, StorageOptions.LargestDays),
            Worker = hasWorker ? ReadWorkerOptions(data, environment) : null,
        };
    }

    private static WorkerOptions ReadWorkerOptions(string data, Func<string, string?> environment)
    {
        var (options, errors) = WorkerArguments.ParseOptions(Variable, Environment.MachineName, data);
        return options is null
            ? throw CreateUsageError(string.Join('\n', errors))
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

    private static IReadOnlyList<IssuedToken> ReadTokens(Func<string, string?> environment)
    {
        var given = new List<IssuedToken>();
        foreach (var role in Roles)
        {
            if (ReadVariable(environment, NameTokenVariable(role)) is not { } text) continue;
            var (token, error) = IssuedToken.ParseVariable(NameTokenVariable(role), role, text);
            given.Add(token ?? throw CreateUsageError(error!));
        }
        return given;
    }

    private static string NameTokenVariable(string role) => $"OPENCLAW_{role.ToUpperInvariant()}_TOKEN";

    private static string? ReadVariable(Func<string, string?> environment, string name) =>
        environment(name) is { Length: > 0 } value ? value : null;

    private static int ReadNumber(Func<string, string?> environment, string name, int fallback, int largest)
    {
        if (ReadVariable(environment, name) is not { } text) return fallback;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= largest
            ? number
            : throw CreateUsageError($"{name} is '{text}'; it must be a number from 1 to {largest}.");
    }

    private static string GetDefaultFolder()
    {
        var local = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return local.Length > 0 ? Path.Combine(local, "openclaw") : throw CreateUsageError("There is no home folder. Give --data DIR.");
    }

    private static StartupException CreateUsageError(string sentence) => new(StartupException.Usage, sentence);
}
