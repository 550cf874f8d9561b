namespace OpenClaw.Cli.Settings;

/// <summary>The address of a server as people type it.</summary>
internal static class ServerAddress
{
    /// <summary>The address, or what is wrong with it.</summary>
    public static (Uri? Url, string? Error) Parse(string text, string from)
    {
        // Who types a host alone means the safe way to it.
        var full = text.Contains("://", StringComparison.Ordinal) ? text : $"https://{text}";
        return Uri.TryCreate(full, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Host.Length > 0
            && url.UserInfo.Length == 0 && url.Query.Length == 0 && url.Fragment.Length == 0
            ? (url, null)
            : (null, $"{from} must be an http or https address without a user name, a query or a fragment, such as https://claw.example");
    }

    /// <summary>The same for the same server, whatever was typed behind it.</summary>
    public static string Normalize(Uri url) => url.GetLeftPart(UriPartial.Path).TrimEnd('/');

    /// <summary>True when nobody else hears what is sent: over TLS, or within this machine.</summary>
    public static bool IsPrivate(Uri url) => url.Scheme == "https" || url.IsLoopback;

    /// <summary>Name of a context that was given none.</summary>
    public static string ToContextName(Uri url) => url.IsDefaultPort ? url.Host : url.Authority;
}
