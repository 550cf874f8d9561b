using System.Text.RegularExpressions;

namespace OpenClaw.Worker.Policy.Rules;

/// <summary>
/// A pattern over a whole text: a glob (<c>*</c> any characters, <c>?</c> one), or a regular expression that is searched for and has a time
/// limit. One that takes too long counts as found: a rule fails towards its effect.
/// </summary>
internal sealed class TextPattern
{
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromMilliseconds(200);
    private readonly string? glob;
    private readonly bool ignoreCase;
    private readonly Regex? regex;

    private TextPattern(string? glob, bool ignoreCase, Regex? regex) =>
        (this.glob, this.ignoreCase, this.regex) = (glob, ignoreCase, regex);

    public static TextPattern FromGlob(string glob, bool ignoreCase = false) => new(glob, ignoreCase, null);

    /// <summary>Null with a sentence when it is no regular expression.</summary>
    public static (TextPattern? Pattern, string? Error) FromRegex(string text)
    {
        try
        {
            return (new(null, false, new Regex(text, RegexOptions.CultureInvariant, MatchTimeout)), null);
        }
        catch (ArgumentException error)
        {
            return (null, error.Message);
        }
    }

    public bool Matches(string text)
    {
        if (regex is null) return MatchesGlob(text);
        try
        {
            return regex.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return true;
        }
    }

    // Goes back only to the last star, so the work is bounded by the product of both lengths.
    private bool MatchesGlob(ReadOnlySpan<char> text)
    {
        int at = 0, inGlob = 0, star = -1, starAt = 0;
        while (at < text.Length)
        {
            if (inGlob < glob!.Length && glob[inGlob] == '*')
                (star, starAt) = (inGlob++, at);
            else if (inGlob < glob.Length && (glob[inGlob] == '?' || IsSameLetter(glob[inGlob], text[at])))
                (inGlob, at) = (inGlob + 1, at + 1);
            else if (star >= 0)
                (inGlob, at) = (star + 1, ++starAt);
            else
                return false;
        }
        return glob.AsSpan(inGlob).TrimStart('*').IsEmpty;
    }

    private bool IsSameLetter(char one, char other) =>
        one == other || (ignoreCase && char.ToUpperInvariant(one) == char.ToUpperInvariant(other));
}
