using OpenClaw.Hosting.Https.Certificates;

namespace OpenClaw.Hosting.Https;

/// <summary>What a person reads about how to trust this server.</summary>
internal static class TrustLines
{
    /// <param name="server">The address that others use.</param>
    /// <param name="pin">The pin of the authority.</param>
    /// <param name="file">File of its certificate; null: it could not be written.</param>
    public static IEnumerable<string> FormatLines(Uri server, string pin, string? file)
    {
        var url = server.GetLeftPart(UriPartial.Authority);
        var path = file ?? AuthorityFolder.PublicName;
        return
        [
            $"Authority of this server: {pin}",
            $"  its certificate: {(file is null ? "" : file + ", also at ")}{url}/{AuthorityFolder.PublicName}",
            $"  to trust it: openclaw login {url} --pin {pin}",
            $"  or with that file: curl --cacert {path}, NODE_EXTRA_CA_CERTS={path}, openclaw-worker --ca-file {path}",
        ];
    }
}
