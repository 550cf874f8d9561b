using System.Text;

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

    /// <summary>Whole or not at all: written beside, forced to the disk, renamed.</summary>
    public static async Task Write(string path, IReadOnlyList<IssuedToken> tokens, CancellationToken cancellation)
    {
        var beside = path + ".new";
        File.Delete(beside);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using (var file = new FileStream(beside, options))
        {
            var text = string.Concat(tokens.Select(token => $"{token.Role}={token.Token}\n"));
            await file.WriteAsync(Encoding.ASCII.GetBytes(text), cancellation);
            file.Flush(flushToDisk: true);
        }
        File.Move(beside, path, overwrite: true);
    }
}
