using OpenClaw.Hosting.Https.Certificates;
using OpenClaw.Hosting.Settings;

namespace OpenClaw.Hosting.Https;

/// <summary>What HTTPS is served with; docs/configuration.md.</summary>
internal sealed record HttpsSettings
{
    private static readonly Setting Public = new(
        "OPENCLAW_PUBLIC_URL", "Address others reach it by, https://NAME[:PORT]; it listens there, on all addresses. Default: none.",
        "--public");
    private static readonly Setting Hosts = new(
        "OPENCLAW_HOST_NAMES", "More names and addresses for the certificate that it makes, separated by commas. Default: none.", "--host");
    private static readonly Setting Certificate = new(
        "OPENCLAW_TLS_CERT", "Certificate to serve HTTPS with, PEM or PFX; read again when it changes. Default: its own.", "--tls-cert");
    private static readonly Setting Key = new(
        "OPENCLAW_TLS_KEY", "PEM file of the certificate's key, if it is not in the same file.", "--tls-key");
    private static readonly Setting Folder = new(
        "OPENCLAW_TLS_FOLDER", "Folder of its own authority; servers may share one. Default: tls in the data folder.", "--tls-folder");

    public static IReadOnlyList<Setting> All { get; } = [Public, Hosts, Certificate, Key, Folder];

    /// <summary>Where others reach this server; null: nobody said.</summary>
    public Uri? PublicUrl { get; private init; }

    /// <summary>Names and addresses that clients use, of the public address and besides.</summary>
    public IReadOnlyList<string> Names { get; private init; } = [];

    /// <summary>PEM or PFX file; null: none was given.</summary>
    public string? CertificateFile { get; private init; }

    public string? KeyFile { get; private init; }

    /// <summary>Where the server's own authority is kept; null: nowhere.</summary>
    public string? AuthorityFolder { get; private init; }

    private bool HasHostNames { get; init; }

    /// <summary>Reads the settings; errors are collected in the reader.</summary>
    /// <param name="reader">What was given.</param>
    /// <param name="dataFolder">Where the folder of the authority is by default; null or empty: there is none.</param>
    public static HttpsSettings Read(SettingsReader reader, string? dataFolder)
    {
        var url = ReadPublicUrl(reader);
        var hosts = ReadHosts(reader);
        var (certificate, key) = (reader.ReadText(Certificate), reader.ReadText(Key));
        if (key is not null && certificate is null)
            reader.AddError($"{Key.Variable} ({Key.Option}) is the key of a certificate, and {Certificate.Variable} is not set.");
        var folder = reader.ReadText(Folder) ?? (dataFolder is { Length: > 0 } ? Path.Combine(dataFolder, "tls") : null);
        return new HttpsSettings
        {
            PublicUrl = url,
            Names = url is null ? hosts : [HostOf(url), .. hosts],
            HasHostNames = hosts.Count > 0,
            CertificateFile = certificate is null ? null : Path.GetFullPath(certificate),
            KeyFile = key is null ? null : Path.GetFullPath(key),
            AuthorityFolder = folder is null ? null : Path.GetFullPath(folder),
        };
    }

    /// <summary>What the decision about the scheme needs of them.</summary>
    public SchemeFacts ToFacts(bool isLoopback, bool isPlainAsked) =>
        new(isLoopback, isPlainAsked, CertificateFile is not null, AuthorityFolder is not null, HasHostNames);

    /// <summary>What is wrong, and what to do.</summary>
    public static string FormatError(SchemeError error) => error switch
    {
        SchemeError.PlainWithCertificate =>
            $"Plain HTTP was asked for (--insecure-http), and {Certificate.Variable} ({Certificate.Option}) gives a certificate for HTTPS. "
            + "Leave one of them out.",
        SchemeError.NamesWithoutOwnCertificate =>
            $"{Hosts.Variable} ({Hosts.Option}) is for a certificate that this server makes, and it makes none: it serves plain HTTP, or a "
            + "certificate was given. Leave it out, or give an address with --listen or --public.",
        _ => $"HTTPS needs a folder for this server's own authority: {Folder.Variable} ({Folder.Option}), or OPENCLAW_DATA. Or give a "
            + $"certificate ({Certificate.Variable}); or, behind a proxy that does TLS, set OPENCLAW_INSECURE_HTTP=true (--insecure-http).",
    };

    private static string HostOf(Uri url) => url.IdnHost;

    private static Uri? ReadPublicUrl(SettingsReader reader)
    {
        if (reader.ReadText(Public) is not { } text) return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme == "https" && url.PathAndQuery == "/"
            && url.UserInfo.Length == 0 && url.Fragment.Length == 0 && CertificateNames.IsName(HostOf(url)))
        {
            return url;
        }
        reader.AddError($"{Public.Variable} ({Public.Option}) is '{text}'; it must be https://NAME or https://NAME:PORT, for example "
            + "https://pc.example.org:8443.");
        return null;
    }

    private static List<string> ReadHosts(SettingsReader reader)
    {
        var parts = (reader.ReadText(Hosts) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (var part in parts.Where(part => !CertificateNames.IsName(part)))
            reader.AddError($"{Hosts.Variable} ({Hosts.Option}) has '{part}'; it must be a host name or an IP address.");
        return [.. parts.Where(CertificateNames.IsName)];
    }
}
