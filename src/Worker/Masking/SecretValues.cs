using System.Text;
using OpenClaw.Worker.Policy.Rules;

namespace OpenClaw.Worker.Masking;

/// <summary>Which values of variables are secrets that can be told from other text. Pure.</summary>
internal static class SecretValues
{
    /// <summary>Bytes of the shortest secret that is masked: what is shorter stands in every other line by chance.</summary>
    public const int Shortest = SecretPatterns.KeyLength;

    /// <summary>Longest one that is masked as a whole; of one with several lines each line is masked in any case.</summary>
    public const int Longest = 4096;

    private const int FewestDifferent = 5;
    private const int LongestWord = 11;

    /// <summary>The secrets among variables: by their names, and passwords within addresses.</summary>
    public static IEnumerable<string> Select(IEnumerable<KeyValuePair<string, string>> variables, SecretRules rules) => variables
        .SelectMany(variable => rules.IsSecret(variable.Key)
            ? SplitValue(variable.Value).Concat(FindPasswords(variable.Value))
            : rules.IsExcepted(variable.Key) ? [] : FindPasswords(variable.Value))
        .Where(IsDistinctive);

    /// <summary>
    /// True when it is long and mixed enough that only the secret itself looks like it. A short word, or a few characters over and over,
    /// is none.
    /// </summary>
    public static bool IsDistinctive(string value) =>
        Encoding.UTF8.GetByteCount(value) is >= Shortest and <= Longest
        && value.Distinct().Count() >= FewestDifferent
        && !(value.Length <= LongestWord && value.All(char.IsLetter));

    /// <summary>The value, and its lines: a terminal, an indentation or a log line takes it apart.</summary>
    private static IEnumerable<string> SplitValue(string value)
    {
        var whole = value.Trim();
        yield return whole;
        if (!whole.Contains('\n')) yield break;
        foreach (var line in whole.Split('\n').Select(line => line.Trim()))
        {
            // The first and the last line of a key in PEM form are the same for everybody.
            if (!line.StartsWith("-----", StringComparison.Ordinal)) yield return line;
        }
    }

    /// <summary>The password of <c>scheme://name:password@host</c>, as it stands there and decoded.</summary>
    public static IEnumerable<string> FindPasswords(string value)
    {
        var begin = value.IndexOf("://", StringComparison.Ordinal);
        if (begin < 0) yield break;
        var authority = value.AsSpan(begin + 3);
        var end = authority.IndexOfAny("/?# \n");
        var at = (end < 0 ? authority : authority[..end]).LastIndexOf('@');
        var colon = at < 0 ? -1 : authority[..at].IndexOf(':');
        if (colon < 0) yield break;
        var password = authority[(colon + 1)..at].ToString();
        yield return password;
        yield return Uri.UnescapeDataString(password);
    }
}
