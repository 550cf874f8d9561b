using System.Globalization;
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

    /// <summary>
    /// Whole or not at all: written beside, forced to the disk, renamed. False when there is one by now: another process that
    /// started at the same moment was faster.
    /// </summary>
    public static async Task<bool> TryWrite(string path, IReadOnlyList<IssuedToken> tokens, CancellationToken cancellation)
    {
        EnsureFolder(Path.GetDirectoryName(path)!);
        var beside = string.Create(CultureInfo.InvariantCulture, $"{path}.{Environment.ProcessId}.new");
        File.Delete(beside);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using (var file = new FileStream(beside, options))
        {
            var text = string.Concat(tokens.Select(token => $"{token.Role}={token.Token}\n"));
            await file.WriteAsync(Encoding.ASCII.GetBytes(text), cancellation);
            file.Flush(flushToDisk: true);
        }
        try
        {
            File.Move(beside, path, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(beside);
            return false;
        }
    }

    private static void EnsureFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
