using OpenClaw.Gateway.Security;

namespace OpenClaw.Gateway.Hosting;

/// <summary>Tokens that were made just now, for a person to keep: this is the only time they are shown.</summary>
internal static class Announcement
{
    public static IEnumerable<string> FormatLines(IReadOnlyList<IssuedToken> tokens, bool created, string dataFolder)
    {
        if (!created) return [];
        var kept = dataFolder.Length > 0 ? $" and kept in {TokenBootstrapper.GetTokensPath(dataFolder)}" : "";
        return tokens.Select(token => $"  {token.Role,-6} token  {token.Token}").Prepend($"Tokens, shown this once{kept}:");
    }
}
