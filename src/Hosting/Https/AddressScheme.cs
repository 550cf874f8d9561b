namespace OpenClaw.Hosting.Https;

/// <summary>How an address is served.</summary>
internal enum AddressScheme
{
    PlainHttp,
    /// <summary>HTTPS, with a certificate of this server's own authority.</summary>
    OwnCertificate,
    /// <summary>HTTPS, with the certificate that was given.</summary>
    GivenCertificate,
}

/// <summary>What does not go together.</summary>
internal enum SchemeError
{
    PlainWithCertificate,
    NamesWithoutOwnCertificate,
    NoFolderForAuthority,
}

/// <summary>What the scheme of an address depends on.</summary>
/// <param name="IsLoopback">Nobody but this machine can reach it.</param>
/// <param name="IsPlainAsked">Somebody said that it is to be plain HTTP.</param>
/// <param name="HasCertificate">A certificate was given.</param>
/// <param name="HasFolder">There is a folder to keep an authority of our own in.</param>
/// <param name="HasNames">Names for a certificate of our own were given.</param>
internal readonly record struct SchemeFacts(bool IsLoopback, bool IsPlainAsked, bool HasCertificate, bool HasFolder, bool HasNames);

/// <summary>Which scheme an address gets; docs/adr/0026.</summary>
internal static class SchemeRules
{
    /// <summary>With an error the server does not start; the scheme is then the one that was meant most likely.</summary>
    public static (AddressScheme Scheme, SchemeError? Error) DecideScheme(SchemeFacts facts)
    {
        var scheme = facts.HasCertificate ? AddressScheme.GivenCertificate
            : facts.IsLoopback || facts.IsPlainAsked ? AddressScheme.PlainHttp
            : AddressScheme.OwnCertificate;
        SchemeError? error = facts switch
        {
            { IsPlainAsked: true, HasCertificate: true } => SchemeError.PlainWithCertificate,
            { HasNames: true } when scheme != AddressScheme.OwnCertificate => SchemeError.NamesWithoutOwnCertificate,
            { HasFolder: false } when scheme == AddressScheme.OwnCertificate => SchemeError.NoFolderForAuthority,
            _ => null,
        };
        return (scheme, error);
    }
}
