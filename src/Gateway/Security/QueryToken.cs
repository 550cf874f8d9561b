using Microsoft.AspNetCore.WebUtilities;
using OpenClaw.Protocol.Security;

namespace OpenClaw.Gateway.Security;

/// <summary>Finds a token in a query string, where logs and histories would keep it.</summary>
internal static class QueryToken
{
    private static readonly string[] Names = ["token", "access_token", "auth", "authorization", "api_key", "apikey", "bearer", "key"];

    public static bool IsPresentIn(string? query)
    {
        if (string.IsNullOrEmpty(query)) return false;
        foreach (var pair in new QueryStringEnumerable(query))
        {
            var name = pair.DecodeName().Span;
            foreach (var known in Names)
            {
                if (name.Equals(known, StringComparison.OrdinalIgnoreCase)) return true;
            }
            if (name.Contains(TokenForm.Prefix, StringComparison.Ordinal)) return true;
            if (pair.DecodeValue().Span.Contains(TokenForm.Prefix, StringComparison.Ordinal)) return true;
        }
        return false;
    }
}
