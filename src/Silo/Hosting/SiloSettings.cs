using System.Net;
using OpenClaw.Cluster.Settings;
using OpenClaw.Hosting;
using OpenClaw.Hosting.Settings;

namespace OpenClaw.Silo.Hosting;

/// <summary>What a silo's process is told; docs/configuration.md.</summary>
internal sealed record SiloSettings(MemberSettings Member, ListenSettings Http, int SiloPort, int GatewayPort)
{
    private const int DefaultSiloPort = 11111;
    private const int DefaultGatewayPort = 30000;
    private const int DefaultHttpPort = 8081;
    private static readonly Setting Silo = new("OPENCLAW_SILO_PORT", "Port for other silos; 0 takes a free one. Default: 11111.", "--silo-port");
    private static readonly Setting Gateway = new(
        "OPENCLAW_SILO_GATEWAY_PORT", "Port for gateways; 0 takes a free one. Default: 30000.", "--gateway-port");
    private static readonly Setting HttpPort = new(
        "OPENCLAW_HTTP_PORT", "Port of health and metrics; 0 takes a free one. Default: 8081.", "--http-port");

    private static readonly Setting Dashboard = new(
        "OPENCLAW_DASHBOARD", "Tell the Orleans Dashboard, which a gateway serves, what happens here.", "--dashboard", true);

    public static IReadOnlyList<Setting> All { get; } = [.. MemberSettings.All, Silo, Gateway, HttpPort, Dashboard, .. ListenSettings.All];

    /// <summary>The Orleans Dashboard is told.</summary>
    public bool HasDashboard { get; private init; }

    /// <summary>Where it listens, when nothing else matters.</summary>
    public static ListenSettings Listen(SettingsReader reader) => ListenSettings.Read(reader, HttpPort, DefaultHttpPort);

    /// <exception cref="RefusedToStartException">With everything that is wrong.</exception>
    public static SiloSettings Read(SettingsReader reader)
    {
        var settings = new SiloSettings(
            MemberSettings.Read(reader), Listen(reader),
            reader.Port(Silo, DefaultSiloPort), reader.Port(Gateway, DefaultGatewayPort))
        {
            HasDashboard = reader.Switch(Dashboard),
        };
        reader.Differ(Silo, settings.SiloPort, Gateway, settings.GatewayPort);
        reader.Differ(Silo, settings.SiloPort, HttpPort, settings.Http.Port);
        reader.Differ(Gateway, settings.GatewayPort, HttpPort, settings.Http.Port);
        reader.ThrowIfWrong();
        return settings;
    }

    /// <summary>For the silo itself; asked for once the database is there, for its address tells ours.</summary>
    public SiloOptions Options() => new()
    {
        ConnectionString = Member.ConnectionString,
        ClusterId = Member.ClusterId,
        ServiceId = Member.ServiceId,
        AdvertisedAddress = Advertised,
        SiloPort = SiloPort,
        GatewayPort = GatewayPort,
        Tls = Member.Tls,
    };

    private IPAddress Advertised => Member.AdvertisedAddress ?? LocalAddress.Towards(Member.ConnectionString);
}
