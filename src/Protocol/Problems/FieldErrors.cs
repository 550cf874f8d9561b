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
