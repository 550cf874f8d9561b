using OpenClaw.Hosting.Settings;

namespace OpenClaw.Cluster.Settings;

/// <summary>Files of mutual TLS between silos and gateways.</summary>
internal static class MemberCertificates
{
    private static readonly Setting Certificate =
        new("OPENCLAW_CLUSTER_CERT", "TLS between silos and gateways: PEM or PFX file of this process.");
    private static readonly Setting Key = new("OPENCLAW_CLUSTER_KEY", "PEM file of the key, if it is not in the certificate's file.");
    private static readonly Setting Authority =
        new("OPENCLAW_CLUSTER_CA", "PEM file of the authority that signed every process's certificate.");

    public static IReadOnlyList<Setting> All { get; } = [Certificate, Key, Authority];

    /// <summary>Reads the files; null when none is given, or something is wrong, which the reader knows then.</summary>
    public static ClusterTls? ReadTls(SettingsReader reader)
    {
        var (certificate, key, authority) = (reader.ReadText(Certificate), reader.ReadText(Key), reader.ReadText(Authority));
        if (certificate is null && key is null && authority is null) return null;
        if (certificate is null || authority is null)
        {
            reader.AddError($"TLS between silos and gateways requires both {Certificate.Variable} and {Authority.Variable}.");
            return null;
        }
        try
        {
            return ClusterTls.Load(certificate, key, authority);
        }
        catch (ClusterTlsException error)
        {
            reader.AddError(error.Message);
            return null;
        }
    }
}
