using System.Net;

namespace OpenClaw.Hosting.Settings;

/// <summary>Where a process of a cluster serves HTTP, and whether it tells what happens.</summary>
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
    public bool Exposed => !IPAddress.IsLoopback(Address);

    /// <summary>Reads the settings; errors are collected in the reader.</summary>
    public static ListenSettings Read(SettingsReader reader, Setting port, int defaultPort)
    {
        var settings = new ListenSettings(
            reader.ReadAddress(Listen) ?? IPAddress.Loopback, reader.ReadPort(port, defaultPort), reader.ReadSwitch(Tell));
        if (settings.Exposed & !reader.ReadSwitch(Insecure))
        {
            reader.AddError($"Plain HTTP is served on loopback only, and {settings.Address} is not. "
                + $"Behind a proxy that does TLS, set {Insecure.Variable}=true.");
        }
        return settings;
    }
}
