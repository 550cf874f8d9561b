using OpenClaw.Hosting;

namespace OpenClaw.Gateway.Security;

/// <summary>The <c>tokens</c> file: a line <c>role=token</c> each, for the owner's eyes only (0600).</summary>
internal static class TokensFile
{
    public static IReadOnlyList<IssuedToken> Read(string path)
    {
        var tokens = new List<IssuedToken>();
        foreach (var line in File.ReadLines(path).Where(line => line.Length > 0))
        {
            if (line.Split('=') is not [("client" or "worker" or "admin") and var role, var token])
                throw new InvalidDataException($"{path} has a line that is not role=token; delete the file to make new tokens.");
            tokens.Add(new IssuedToken(role, token));
        }
        return tokens;
    }

    /// <summary>False when there is one by now: another process that started at the same moment was faster.</summary>
    public static bool TryWrite(string path, IReadOnlyList<IssuedToken> tokens)
    {
        PrivateFile.EnsureFolder(Path.GetDirectoryName(path)!);
        return PrivateFile.TryCreate(path, string.Concat(tokens.Select(token => $"{token.Role}={token.Token}\n")));
    }
}
