namespace OpenClaw.Worker.Execution.Files.Listing;

/// <summary>
/// A pattern of paths below a folder: <c>*</c>, <c>?</c> and <c>[a-z]</c> (<c>[!a-z]</c>) within a name, <c>**</c> for any number of
/// folders. Names that begin with a dot are names like others. Pure, and linear in the length of a name.
/// </summary>
internal sealed class EntryPattern(string pattern)
{
    private readonly string[] parts = pattern.Split('/');

    /// <summary>True when the path (parts between slashes) matches.</summary>
    public bool Matches(string path) => Matches(path.Split('/'), 0, 0);

    /// <summary>True when something below this folder may match; else nobody need look there.</summary>
    public bool MayMatchBelow(string folder)
    {
        var names = folder.Split('/');
        for (var i = 0; i < names.Length; i++)
        {
            if (i >= parts.Length) return false;
            if (parts[i] == "**") return true;
            if (!MatchesName(parts[i], names[i])) return false;
        }
        return parts.Length > names.Length;
    }

    /// <summary>Matches one file name against one part of a pattern.</summary>
    public static bool MatchesName(string part, string name)
    {
        int p = 0, n = 0, star = -1, mark = 0;
        while (n < name.Length)
        {
            if (p < part.Length && part[p] == '*') (star, mark) = (p++, n);
            else if (p < part.Length && MatchesLetter(part, p, name[n], out var next)) (p, n) = (next, n + 1);
            else if (star >= 0) (p, n) = (star + 1, ++mark);
            else return false;
        }
        while (p < part.Length && part[p] == '*') p++;
        return p == part.Length;
    }

    private bool Matches(string[] names, int part, int name)
    {
        for (; part < parts.Length; part++, name++)
        {
            if (parts[part] == "**")
            {
                while (part + 1 < parts.Length && parts[part + 1] == "**") part++;
                if (part + 1 == parts.Length) return name < names.Length;
                for (var i = name; i < names.Length; i++)
                {
                    if (Matches(names, part + 1, i)) return true;
                }
                return false;
            }
            if (name >= names.Length || !MatchesName(parts[part], names[name])) return false;
        }
        return name == names.Length;
    }

    private static bool MatchesLetter(string part, int at, char letter, out int next)
    {
        next = at + 1;
        if (part[at] == '?') return true;
        var close = part[at] == '[' ? part.IndexOf(']', Math.Min(at + 2, part.Length)) : -1;
        if (close < 0) return part[at] == letter;
        next = close + 1;
        var not = part[at + 1] is '!' or '^' && close > at + 2;
        var found = false;
        for (var i = at + (not ? 2 : 1); i < close; i++)
        {
            if (i + 2 < close && part[i + 1] == '-')
            {
                found |= letter >= part[i] && letter <= part[i + 2];
                i += 2;
            }
            else
            {
                found |= part[i] == letter;
            }
        }
        return found != not;
    }
}
