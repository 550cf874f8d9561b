using System.Security.Cryptography;

namespace OpenClaw.Hosting.Https.Certificates;

/// <summary>
/// The folder of a server's own authority: <c>authority.pem</c>, key and certificate, for its owner's eyes only; and <c>ca.pem</c>, the
/// certificate alone, to be given to clients. Servers may share it.
/// </summary>
internal static class AuthorityFolder
{
    public const string PublicName = "ca.pem";
    private const string SecretName = "authority.pem";

    /// <summary>
    /// The authority of a folder, made at the first start. Of several servers that start at once one makes it, and all have that one.
    /// </summary>
    /// <returns>The authority, and the file of its certificate; null when that can't be written.</returns>
    /// <exception cref="StartupException">The folder can't be used, or what it has is no authority.</exception>
    public static (CertificateAuthority Authority, string? PublicFile) OpenAuthority(string folder, DateTimeOffset now)
    {
        var file = Path.Combine(folder, SecretName);
        try
        {
            if (!File.Exists(file))
            {
                PrivateFile.EnsureFolder(folder);
                // False when another server was faster: its file is read, too.
                PrivateFile.TryCreate(file, CertificateAuthority.Create(now).FormatWithKey());
            }
            var authority = CertificateAuthority.Parse(File.ReadAllText(file));
            return authority.IsValidAt(now) ? (authority, EnsurePublicFile(folder, authority))
                : throw CreateError(FormatEnded(file, authority, now));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw CreateError($"The folder {folder} of this server's authority can't be used: {error.Message}");
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            throw CreateError($"{file} can't be used: {error.Message} Put it back from a copy; or move it away, and the next start makes "
                + "another authority, which every client and worker has to be told of.");
        }
    }

    private static string? EnsurePublicFile(string folder, CertificateAuthority authority)
    {
        var (file, text) = (Path.Combine(folder, PublicName), authority.FormatCertificate());
        try
        {
            if (!File.Exists(file) || File.ReadAllText(file) != text) PrivateFile.Replace(file, text);
            return file;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A folder that was mounted for reading: it is served, too.
            return null;
        }
    }

    private static string FormatEnded(string file, CertificateAuthority authority, DateTimeOffset now) => string.Create(null,
        $"The authority in {file} is valid from {authority.Certificate.NotBefore:u} to {authority.Certificate.NotAfter:u}, and by this "
        + $"machine's clock it is {now:u}. Set the clock; or move the file away, and the next start makes another one, which every client "
        + $"and worker has to be told of.");

    private static StartupException CreateError(string sentence) => new(StartupException.Store, sentence);
}
