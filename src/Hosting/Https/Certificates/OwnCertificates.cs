using System.Net;
using System.Security.Cryptography;

namespace OpenClaw.Hosting.Https.Certificates;

/// <summary>
/// Certificates of the server's own authority. They are in memory only: each start makes one, and so does a third of its life before
/// its end, or when the machine's names or addresses have changed.
/// </summary>
internal sealed class OwnCertificates(CertificateAuthority authority, Func<IReadOnlyList<string>> readNames) : ICertificateSource
{
    private IReadOnlyList<string> names = [];
    private bool hasToldError;

    public CertificateAuthority? Authority => authority;

    public TimeSpan Period => TimeSpan.FromMinutes(1);

    public static OwnCertificates Open(CertificateAuthority authority, HttpsSettings settings, IPAddress listen) =>
        new(authority, () => CertificateNames.CollectNames(settings.Names, listen));

    /// <summary>Also when its time has not come yet, by a clock that was set back.</summary>
    public static bool NeedsNewLeaf(
        DateTimeOffset from, DateTimeOffset until, IReadOnlyList<string> has, IReadOnlyList<string> wanted, DateTimeOffset now) =>
        now < from || until - now <= (until - from) / 3 || !wanted.All(has.Contains);

    public ServerCertificate Load(DateTimeOffset now)
    {
        names = readNames();
        return new ServerCertificate(authority.IssueLeaf(names, now), [authority.Certificate]);
    }

    public CertificateChange FindChange(ServerCertificate current, DateTimeOffset now)
    {
        if (!NeedsNewLeaf(current.Leaf.NotBefore, current.Leaf.NotAfter, names, readNames(), now)) return default;
        try
        {
            var next = authority.IsValidAt(now) ? Load(now)
                : throw new CryptographicException("The authority's own time is over, or has not come.");
            hasToldError = false;
            return new CertificateChange(next, null);
        }
        catch (CryptographicException error)
        {
            var told = hasToldError;
            hasToldError = true;
            return new CertificateChange(null, told ? null : error.Message);
        }
    }
}
