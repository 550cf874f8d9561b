using System.Text;

namespace OpenClaw.Worker.Services;

/// <summary>
/// The daemon's variables in its home, so that the token is in no unit and on no command line, and a service finds what the person's
/// terminal had. What is set in the environment goes before it. One <c>NAME=value</c> a line; only its owner may read it.
/// </summary>
internal static class VariableFile
{
    public const string Name = "worker.env";
    private const int Largest = 64 * 1024;

    /// <summary>What it may hold: all that <c>run</c> reads, and the way to the server.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. WorkerArguments.Variables, "CLAUDE_PATH", "HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY",
    ];

    public static string FormatLines(IReadOnlyDictionary<string, string> variables)
    {
        var text = new StringBuilder();
        foreach (var name in Names.Where(variables.ContainsKey))
            text.Append(name).Append("=\"")
                .Append(variables[name].Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal))
                .Append("\"\n");
        return text.ToString();
    }

    /// <summary>The variables of a home; none when there is no file. Errors: a file that others can read, a malformed line.</summary>
    public static (IReadOnlyDictionary<string, string> Variables, IReadOnlyList<string> Errors) Load(string home)
    {
        var path = Path.Combine(home, Name);
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists) return (new Dictionary<string, string>(), []);
            if (file.Length > Largest)
                return (new Dictionary<string, string>(), [$"{path} is larger than {Largest} bytes"]);
            if (!OperatingSystem.IsWindows() && (file.UnixFileMode & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)) != 0)
                return (new Dictionary<string, string>(), [$"{path} holds a token and can be read by others: chmod 600 {path}"]);
            return Parse(path, File.ReadAllText(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return (new Dictionary<string, string>(), [$"{path} can't be read: {error.Message}"]);
        }
    }

    /// <summary>Errors name the line, never what is on it.</summary>
    public static (IReadOnlyDictionary<string, string> Variables, IReadOnlyList<string> Errors) Parse(string path, string text)
    {
        var (variables, errors) = (new Dictionary<string, string>(StringComparer.Ordinal), new List<string>());
        var lines = text.Split('\n');
        for (var number = 1; number <= lines.Length; number++)
        {
            var line = lines[number - 1].Trim();
            if (line.Length == 0 || line[0] == '#') continue;
            var at = line.IndexOf('=', StringComparison.Ordinal);
            if (at < 1 || !Names.Contains(line[..at]))
                errors.Add($"{path}, line {number}: NAME=value is expected, NAME one of {string.Join(", ", Names)}");
            else if (ParseValue(line[(at + 1)..]) is not { } value)
                errors.Add($"{path}, line {number}: a closing quote is missing, or something is behind it");
            else if (!variables.TryAdd(line[..at], value))
                errors.Add($"{path}, line {number}: {line[..at]} is set twice");
        }
        return errors.Count == 0 ? (variables, []) : (new Dictionary<string, string>(), errors);
    }

    private static string? ParseValue(string text)
    {
        if (!text.StartsWith('"')) return text;
        var value = new StringBuilder();
        for (var at = 1; at < text.Length; at++)
        {
            if (text[at] == '"') return at == text.Length - 1 ? value.ToString() : null;
            if (text[at] == '\\' && at + 1 < text.Length) at++;
            value.Append(text[at]);
        }
        return null;
    }
}
