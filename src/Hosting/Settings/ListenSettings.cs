using System.Net;
using System.Net.Sockets;
using OpenClaw.Hosting.Https;
using OpenClaw.Hosting.Https.Certificates;

namespace OpenClaw.Hosting.Settings;

/// <summary>Where a process of a cluster serves HTTP or HTTPS, and whether it tells what happens.</summary>
public sealed record ListenSettings(IPAddress Address, int Port, bool Verbose)
{
    private static readonly Setting Listen = new("OPENCLAW_LISTEN", "IP address to serve HTTP on. Default: 127.0.0.1.", "--listen");
    private static readonly Setting Insecure = new(
        "OPENCLAW_INSECURE_HTTP", "Allow plain HTTP on an address that is not loopback, behind a proxy that does TLS.",
        "--insecure-http", true);
    private static readonly Setting Tell = new("OPENCLAW_VERBOSE", "Log to standard error what happens.", "--verbose", true);

    /// <summary>All but the port, whose name depends on the process.</summary>
    public static IReadOnlyList<Setting> All { get; } = [Listen, Insecure, Tell];

    /// <summary>Plain HTTP leaves this machine.</summary>
    public bool Exposed => Scheme == AddressScheme.PlainHttp && !IPAddress.IsLoopback(Address);

    /// <summary>How the address is served.</summary>
    internal AddressScheme Scheme { get; private init; }

    /// <summary>What HTTPS is served with.</summary>
    internal HttpsSettings Https { get; private init; } = new();

    /// <summary>Reads the settings of a process that serves no HTTPS; errors are collected in the reader.</summary>
    public static ListenSettings Read(SettingsReader reader, Setting port, int defaultPort)
    {
        var settings = new ListenSettings(
            reader.ReadAddress(Listen) ?? IPAddress.Loopback, reader.ReadPort(port, defaultPort), reader.ReadSwitch(Tell));
        if (settings.Exposed & !reader.ReadSwitch(Insecure))
        {
            reader.AddError($"Plain HTTP is served on loopback only, and {settings.Address} is not. "
                + $"On a private network, set {Insecure.Variable}=true.");
        }
        return settings;
    }

    /// <summary>
    /// Reads the settings of a process that serves HTTPS wherever others can reach it; errors are collected in the reader.
    /// </summary>
    internal static ListenSettings ReadWithHttps(SettingsReader reader, Setting port, int defaultPort, string? dataFolder)
    {
        var https = HttpsSettings.Read(reader, dataFolder);
        var given = reader.ReadAddress(Listen);
        var isPlain = reader.ReadSwitch(Insecure);
        var address = given ?? (https.PublicUrl is null || isPlain ? IPAddress.Loopback : AnyAddress);
        var (scheme, error) = SchemeRules.DecideScheme(https.ToFacts(IPAddress.IsLoopback(address), isPlain));
        if (error is { } wrong) reader.AddError(HttpsSettings.FormatError(wrong));
        // Behind a proxy the public port is the proxy's.
        var fallback = scheme == AddressScheme.PlainHttp ? defaultPort : https.PublicUrl?.Port ?? defaultPort;
        return new ListenSettings(address, reader.ReadPort(port, fallback), reader.ReadSwitch(Tell)) { Scheme = scheme, Https = https };
    }

    /// <summary>What HTTPS is served with; null: it is plain HTTP.</summary>
    /// <exception cref="StartupException">There is no certificate to be had.</exception>
    internal ServerCertificates? OpenCertificates() =>
        Scheme == AddressScheme.PlainHttp ? null : ServerCertificates.Open(Https, Scheme, Address, TimeProvider.System);

    /// <summary>The address to tell people: the public one, where this process itself serves it.</summary>
    internal Uri GetAnnouncedAddress(WebApplication app)
    {
        if (Scheme != AddressScheme.PlainHttp && Https.PublicUrl is { } url) return url;
        var local = ServerPorts.GetLocalAddress(app);
        // A certificate that was given is for a name, hardly for an address of this machine.
        return Scheme == AddressScheme.GivenCertificate && app.Services.GetRequiredService<ServerCertificates>().FindHostName() is { } name
            ? new UriBuilder(local) { Host = name }.Uri
            : local;
    }

    /// <summary>IPv6's takes IPv4, too.</summary>
    private static IPAddress AnyAddress => Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any;
}
