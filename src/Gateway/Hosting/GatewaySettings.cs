using System.Net;
using OpenClaw.Cluster.Settings;
using OpenClaw.Gateway.Notifications;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Webhooks;
using OpenClaw.Hosting.Https;
using OpenClaw.Hosting.Settings;

namespace OpenClaw.Gateway.Hosting;

/// <summary>What a gateway's process is told; docs/configuration.md.</summary>
internal sealed record GatewaySettings(MemberSettings Member, ListenSettings Http, TimeSpan StopNotice)
{
    private const int DefaultPort = 3456;
    private const int DefaultStopNotice = 1000;
    private const int LongestStopNotice = 60_000;
    private static readonly Setting Port = new("WORKER_PORT", "Port to listen on; 0 takes a free one. Default: 3456.", "--port");
    private static readonly Setting Shared = new(
        "WORKER_TOKEN", "Compatibility mode: one token that may act as client and as worker. Default: off.");
    private static readonly Setting Data =
        new("OPENCLAW_DATA", "Folder of a tokens file, made when it is missing. Default: no file.", "--data");
    private static readonly Setting Addresses = new(
        "OPENCLAW_MAX_ADDRESSES", "Addresses that are told apart when refused requests are counted, which takes memory. Default: 10000.");
    private static readonly Setting Notice = new(
        "OPENCLAW_STOP_NOTICE", "How long after SIGTERM, in ms, it still serves while /readyz says no. Default: 1000.");
    private static readonly Setting Metrics = new(
        "OPENCLAW_METRICS_PORT", "Port of /metrics, for insiders: it asks for no token. 0: none. Default: 0.", "--metrics-port");
    private static readonly Setting Dashboard = new(
        "OPENCLAW_DASHBOARD", "The Orleans Dashboard at /dashboard/, for admins. Needs the same at the silos.", "--dashboard", true);
    private static readonly (Roles Role, Setting Setting)[] Given =
    [
        (Roles.Client, new("OPENCLAW_CLIENT_TOKEN", "A client token to accept.")),
        (Roles.Worker, new("OPENCLAW_WORKER_TOKEN", "A worker token to accept.")),
        (Roles.Admin, new("OPENCLAW_ADMIN_TOKEN", "An admin token to accept.")),
    ];

    public static IReadOnlyList<Setting> All { get; } =
    [
        .. MemberSettings.All, Port, Shared, Data, .. Given.Select(given => given.Setting), .. ProxySettings.All, Addresses, Notice,
        Metrics, Dashboard, .. ProgramSettings.All, .. ListenSettings.All, .. HttpsSettings.All, .. ChatSettings.All,
        .. WebhookSettings.All,
    ];

    /// <summary>Folder of the tokens file; empty: none.</summary>
    public string DataFolder { get; private init; } = "";

    public string? SharedToken { get; private init; }

    /// <summary>Port with nothing but the metrics; 0: none, and nothing is measured.</summary>
    public int MetricsPort { get; private init; }

    /// <summary>The Orleans Dashboard is served.</summary>
    public bool HasDashboard { get; private init; }

    /// <summary>Tokens the environment gave.</summary>
    public IReadOnlyList<IssuedToken> Tokens { get; private init; } = [];

    public IReadOnlyList<IPNetwork> TrustedProxies { get; private init; } = [];

    /// <summary>Addresses that are told apart when refused requests are counted.</summary>
    public int MaxAddresses { get; private init; }

    /// <summary>Folder of the worker's programs; null: none.</summary>
    public string? WorkerFiles { get; private init; }

    /// <summary>Where it listens, when nothing else matters.</summary>
    public static ListenSettings ReadListenSettings(SettingsReader reader) =>
        ListenSettings.ReadWithHttps(reader, Port, DefaultPort, ReadDataFolder(reader));

    /// <exception cref="OpenClaw.Hosting.StartupException">With everything that is wrong.</exception>
    public static GatewaySettings Read(SettingsReader reader)
    {
        var settings = new GatewaySettings(
            MemberSettings.Read(reader), ReadListenSettings(reader),
            TimeSpan.FromMilliseconds(reader.ReadNumber(Notice, DefaultStopNotice, LongestStopNotice)))
        {
            DataFolder = ReadDataFolder(reader),
            WorkerFiles = ProgramSettings.ReadFolder(reader, ReadDataFolder(reader)),
            SharedToken = reader.ReadText(Shared),
            MetricsPort = reader.ReadPort(Metrics, 0),
            HasDashboard = reader.ReadSwitch(Dashboard),
            Tokens = [.. Given.Select(given => ReadToken(reader, given.Role, given.Setting)).OfType<IssuedToken>()],
            TrustedProxies = ProxySettings.ReadProxies(reader),
            MaxAddresses = reader.ReadNumber(Addresses, GatewayOptions.DefaultMaxAddresses, GatewayOptions.LargestMaxAddresses),
        };
        reader.RequireDifferentPorts(Port, settings.Http.Port, Metrics, settings.MetricsPort);
        foreach (var error in settings.ApplyTo(new GatewayOptions()).Validate()) reader.AddError(error);
        reader.ThrowIfInvalid();
        return settings;
    }

    public GatewayOptions ApplyTo(GatewayOptions options)
    {
        options.DataFolder = DataFolder;
        options.WorkerFiles = WorkerFiles;
        options.PublicUrl = Http.Https.PublicUrl;
        options.SharedToken = SharedToken;
        options.Tokens = Tokens;
        options.TrustedProxies = TrustedProxies;
        options.MaxAddresses = MaxAddresses;
        return options;
    }

    private static string ReadDataFolder(SettingsReader reader) => reader.ReadText(Data) is { } data ? Path.GetFullPath(data) : "";

    private static IssuedToken? ReadToken(SettingsReader reader, Roles role, Setting setting)
    {
        if (reader.ReadText(setting) is not { } text) return null;
        var (token, error) = IssuedToken.ParseVariable(setting.Variable, TokenText.FormatRole(role), text);
        if (error is not null) reader.AddError(error);
        return token;
    }
}
