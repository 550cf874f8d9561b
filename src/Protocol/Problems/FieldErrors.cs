using System.Buffers;
using System.Globalization;
using System.Text;

namespace OpenClaw.Protocol.Problems;

/// <summary>Collects what is wrong with a request, all of it at once; up to <see cref="Most"/> entries.</summary>
public sealed class FieldErrors
{
    /// <summary>More than a person reads; a hostile request gets no longer an answer.</summary>
    public const int Most = 32;

    private const int LongestField = 100;
    private readonly List<FieldError> found;
    private readonly string prefix;
    private readonly Func<string, string>? rename;

    /// <summary>Collects the errors of a whole request.</summary>
    public FieldErrors() : this([], "", null)
    {
    }

    private FieldErrors(List<FieldError> found, string prefix, Func<string, string>? rename)
    {
        this.found = found;
        this.prefix = prefix;
        this.rename = rename;
    }

    /// <summary>True when something is wrong.</summary>
    public bool Any => found.Count > 0;

    /// <summary>What is wrong; <paramref name="message"/> goes on from the field's name: <c>is required</c>.</summary>
    public void Add(string field, string message)
    {
        if (found.Count >= Most) return;
        var path = prefix + (rename is null ? field : rename(field));
        found.Add(new(path.Length <= LongestField ? path : path[..LongestField] + "...", message));
    }

    /// <summary>The same collection, for fields inside <paramref name="parent"/>.</summary>
    public FieldErrors Within(string parent) => new(found, prefix + parent + ".", null);

    /// <summary>The same collection, where the request names some fields otherwise than the payload does.</summary>
    public FieldErrors WithNames(Func<string, string> names) => new(found, prefix, names);

    /// <summary>All that was found.</summary>
    public FieldError[] ToArray() => [.. found];
}

/// <summary>The rules that many fields share.</summary>
public static class FieldRules
{
    private static readonly SearchValues<char> Suspects =
        SearchValues.Create(['\0', .. Enumerable.Range(0xD800, 0x800).Select(c => (char)c)]);

    /// <summary>A number, when given, lies between two others.</summary>
    public static void RequireRange(this FieldErrors errors, string field, long? value, long min, long max)
    {
        if (value is { } number && (number < min || number > max))
        {
            errors.Add(field, string.Create(CultureInfo.InvariantCulture, $"must be from {min} to {max}"));
        }
    }

    /// <summary>Given, and not empty.</summary>
    public static bool RequireValue(this FieldErrors errors, string field, string? value)
    {
        if (!string.IsNullOrEmpty(value)) return true;
        errors.Add(field, value is null ? "is required" : "must not be empty");
        return false;
    }

    /// <summary>Text, when given, that every system can hold: no U+0000 and no half of a surrogate pair.</summary>
    public static void RequireText(this FieldErrors errors, string field, string? value, int maxChars = int.MaxValue)
    {
        if (value is null) return;
        if (value.Length > maxChars) errors.Add(field, $"must be at most {maxChars} characters");
        else if (!IsText(value)) errors.Add(field, "must not contain U+0000 or half a surrogate pair; send bytes as base64");
    }

    /// <summary>A path, when given. Whether it may be used is the worker's decision.</summary>
    public static void RequirePath(this FieldErrors errors, string field, string? value)
    {
        if (value is null) return;
        if (value.AsSpan().Trim().IsEmpty) errors.Add(field, "must not be empty");
        else errors.RequireText(field, value, Limits.Path);
    }

    /// <summary>A name, when given.</summary>
    public static void RequireName(this FieldErrors errors, string field, string? value)
    {
        if (value is not null && !Names.IsName(value)) errors.Add(field, "must be a name: a-z, 0-9 and -, at most 63, no - first");
    }

    /// <summary>An absolute https or http URL, when given, without a name and password in it: those end in logs.</summary>
    public static void RequireUrl(this FieldErrors errors, string field, string? value, int maxChars)
    {
        if (value is null) return;
        if (value.Length > maxChars) errors.Add(field, $"must be at most {maxChars} characters");
        else if (value.AsSpan().ContainsAnyExceptInRange('!', '~') || !Uri.TryCreate(value, UriKind.Absolute, out var url)
            || url.Scheme is not ("https" or "http") || url.Host.Length == 0)
            errors.Add(field, "must be an absolute https URL in ASCII, as https://ci.example.com/hooks");
        else if (url.UserInfo.Length > 0) errors.Add(field, "must not have a name or password in it");
        else if (url.Fragment.Length > 0 || value.Contains('#', StringComparison.Ordinal)) errors.Add(field, "must not have a fragment");
        else if (value.Contains('\\', StringComparison.Ordinal)) errors.Add(field, "must not contain a backslash");
    }

    /// <summary>Printable text, when given: nothing that is invisible or turns the direction of a line.</summary>
    public static void RequirePrintable(this FieldErrors errors, string field, string? value, int maxChars)
    {
        if (value is null) return;
        if (value.Length == 0 || value.Length > maxChars) errors.Add(field, $"must be 1 to {maxChars} characters");
        else if (!IsPrintable(value)) errors.Add(field, "must not contain control, invisible or direction characters");
    }

    /// <summary>True without U+0000 and unpaired surrogates.</summary>
    public static bool IsText(ReadOnlySpan<char> value)
    {
        for (var at = value.IndexOfAny(Suspects); at >= 0; at = value.IndexOfAny(Suspects))
        {
            if (Rune.DecodeFromUtf16(value[at..], out var rune, out var used) != OperationStatus.Done || rune.Value == 0) return false;
            value = value[(at + used)..];
        }
        return true;
    }

    /// <summary>True when every character is one that is seen.</summary>
    public static bool IsPrintable(ReadOnlySpan<char> value)
    {
        if (!IsText(value)) return false;
        foreach (var rune in value.EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse) return false;
        }
        return true;
    }
}
