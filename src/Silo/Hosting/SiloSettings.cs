using System.Net;
using OpenClaw.Cluster.Settings;
using OpenClaw.Hosting;
using OpenClaw.Hosting.Settings;
using OpenClaw.Storage;

namespace OpenClaw.Silo.Hosting;

/// <summary>What a silo's process is told; docs/configuration.md.</summary>
internal sealed record SiloSettings(MemberSettings Member, ListenSettings Http, int SiloPort, int GatewayPort)
{
    private const int DefaultSiloPort = 11111;
    private const int DefaultGatewayPort = 30000;
    private const int DefaultHttpPort = 8081;
    private static readonly Setting Silo =
        new("OPENCLAW_SILO_PORT", "Port for other silos; 0 takes a free one. Default: 11111.", "--silo-port");
    private static readonly Setting Gateway = new(
        "OPENCLAW_SILO_GATEWAY_PORT", "Port for gateways; 0 takes a free one. Default: 30000.", "--gateway-port");
    private static readonly Setting HttpPort = new(
        "OPENCLAW_HTTP_PORT", "Port of health and metrics; 0 takes a free one. Default: 8081.", "--http-port");

    private static readonly Setting Dashboard = new(
        "OPENCLAW_DASHBOARD", "Tell the Orleans Dashboard, which a gateway serves, what happens here.", "--dashboard", true);

    private static readonly Setting KeepDays = new(
        "OPENCLAW_KEEP_DAYS", "Days that ended tasks are kept. Default: 7.");

    private static readonly Setting KeepAudit = new(
        "OPENCLAW_KEEP_AUDIT_DAYS", "Days that the audit is kept, of a task after its end. Default: as OPENCLAW_KEEP_DAYS.");

    private static readonly Setting KeepOutput = new(
        "OPENCLAW_KEEP_OUTPUT", "MiB of output and payloads of ended tasks that are kept together. Default: 10240.");

    private static readonly Setting ForgetAfter = new(
        "OPENCLAW_FORGET_AFTER", "Days of silence until a conversation's PC and a worker's name are forgotten. Default: 90.");

    public static IReadOnlyList<Setting> All { get; } =
        [.. MemberSettings.All, Silo, Gateway, HttpPort, Dashboard, KeepDays, KeepAudit, KeepOutput, ForgetAfter, .. ListenSettings.All];

    /// <summary>How long and how much is kept.</summary>
    public Action<StorageOptions> Storage { get; private init; } = _ => { };

    /// <summary>The Orleans Dashboard is told.</summary>
    public bool HasDashboard { get; private init; }

    /// <summary>Where it listens, when nothing else matters.</summary>
    public static ListenSettings ReadListenSettings(SettingsReader reader) => ListenSettings.Read(reader, HttpPort, DefaultHttpPort);

    /// <exception cref="StartupException">With everything that is wrong.</exception>
    public static SiloSettings Read(SettingsReader reader)
    {
        var settings = new SiloSettings(
            MemberSettings.Read(reader), ReadListenSettings(reader),
            reader.ReadPort(Silo, DefaultSiloPort), reader.ReadPort(Gateway, DefaultGatewayPort))
        {
            HasDashboard = reader.ReadSwitch(Dashboard),
            Storage = ReadStorage(reader),
        };
        reader.RequireDifferentPorts(Silo, settings.SiloPort, Gateway, settings.GatewayPort);
        reader.RequireDifferentPorts(Silo, settings.SiloPort, HttpPort, settings.Http.Port);
        reader.RequireDifferentPorts(Gateway, settings.GatewayPort, HttpPort, settings.Http.Port);
        reader.ThrowIfInvalid();
        return settings;
    }

    private static Action<StorageOptions> ReadStorage(SettingsReader reader)
    {
        var days = reader.ReadNumber(KeepDays, StorageOptions.DefaultDays, StorageOptions.LargestDays);
        var mebibytes = reader.ReadNumber(KeepOutput, StorageOptions.DefaultOutput, int.MaxValue);
        var silentDays = reader.ReadNumber(ForgetAfter, StorageOptions.DefaultSilentDays, StorageOptions.LargestDays);
        var auditDays = reader.ReadNumber(KeepAudit, days, StorageOptions.LargestDays);
        if (auditDays < days) reader.AddError($"{KeepAudit.Variable} must not be less than {KeepDays.Variable}.");
        if (days == 0 || mebibytes == 0 || silentDays == 0)
            reader.AddError($"{KeepDays.Variable}, {KeepOutput.Variable} and {ForgetAfter.Variable} must be at least 1.");
        return storage => storage.SetRetention(days, mebibytes, silentDays, auditDays);
    }

    /// <summary>For the silo itself; asked for once the database is there, for its address tells ours.</summary>
    public SiloOptions ToSiloOptions() => new()
    {
        ConnectionString = Member.ConnectionString,
        ClusterId = Member.ClusterId,
        ServiceId = Member.ServiceId,
        AdvertisedAddress = Advertised,
        SiloPort = SiloPort,
        GatewayPort = GatewayPort,
        Tls = Member.Tls,
    };

    private IPAddress Advertised => Member.AdvertisedAddress ?? LocalAddress.DetectTowards(Member.ConnectionString);
}
