using System.Net;
using Npgsql;
using OpenClaw.Hosting.Settings;

namespace OpenClaw.Cluster.Settings;

/// <summary>How a process finds its cluster; the same for silos and gateways.</summary>
public sealed record MemberSettings
{
    private const string DefaultId = "openclaw";
    private const int LongestId = 100;
    private static readonly Setting Connection = new(
        "ConnectionStrings__openclaw", "Connection string of the PostgreSQL database. Required.");
    private static readonly Setting Cluster = new("OPENCLAW_CLUSTER_ID", "Name of the cluster. Default: openclaw.");
    private static readonly Setting Service =
        new("OPENCLAW_SERVICE_ID", "Name of the service, the same over all its clusters. Default: openclaw.");
    private static readonly Setting Advertised = new(
        "OPENCLAW_ADVERTISED_ADDRESS", "IP address the others reach this process at. Default: the one it reaches the database from.");

    /// <summary>The settings that silos and gateways share.</summary>
    public static IReadOnlyList<Setting> All { get; } = [Connection, Cluster, Service, Advertised, .. MemberCertificates.All];

    /// <summary>Connection string of the one database.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>Name of the cluster: processes with the same one find each other.</summary>
    public string ClusterId { get; init; } = DefaultId;

    /// <summary>Name of the service: what reminders and stored grains belong to.</summary>
    public string ServiceId { get; init; } = DefaultId;

    /// <summary>Where the others reach this process; null: to be found with <see cref="LocalAddress"/>.</summary>
    public IPAddress? AdvertisedAddress { get; init; }

    /// <summary>Mutual TLS between silos and gateways; null: none.</summary>
    public ClusterTls? Tls { get; init; }

    /// <summary>Reads the settings; errors are collected in the reader.</summary>
    public static MemberSettings Read(SettingsReader reader) => new()
    {
        ConnectionString = ReadConnectionString(reader),
        ClusterId = ReadId(reader, Cluster),
        ServiceId = ReadId(reader, Service),
        AdvertisedAddress = ReadAdvertisedAddress(reader),
        Tls = MemberCertificates.ReadTls(reader),
    };

    /// <summary>The text itself is never told: a password may be in it.</summary>
    private static string ReadConnectionString(SettingsReader reader)
    {
        var text = reader.ReadText(Connection);
        if (text is null)
        {
            reader.AddError($"{Connection.Variable} is not set; it must be the connection string of a PostgreSQL database, "
                + "for example Host=127.0.0.1;Username=openclaw;Password=...;Database=openclaw.");
        }
        else if (FindHost(text) is null)
        {
            reader.AddError($"{Connection.Variable} must be a connection string that names a Host.");
        }
        return text ?? "";
    }

    /// <summary>The database's host; null when the text names none.</summary>
    internal static string? FindHost(string connectionString)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(connectionString).Host is { Length: > 0 } host ? host : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static string ReadId(SettingsReader reader, Setting setting)
    {
        var text = reader.ReadText(setting) ?? DefaultId;
        if (text.Length > LongestId || text.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')))
            reader.AddError($"{setting.Variable} must be at most {LongestId} letters, digits, '-', '_' and '.'.");
        return text;
    }

    private static IPAddress? ReadAdvertisedAddress(SettingsReader reader)
    {
        var address = reader.ReadAddress(Advertised);
        if (address is null || !(address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))) return address;
        reader.AddError($"{Advertised.Variable} is {address}; it must be an address that others can connect to.");
        return null;
    }
}
