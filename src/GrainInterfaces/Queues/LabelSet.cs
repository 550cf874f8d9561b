namespace OpenClaw.GrainInterfaces.Queues;

/// <summary>
/// Canonical text of a set of labels: sorted, distinct, joined by a comma: <c>kind:command,worker:studio</c>.
/// People's labels are <c>[a-z0-9][a-z0-9-]{0,62}</c>; implicit ones carry a colon (<c>worker:</c>, <c>os:</c>, <c>arch:</c>,
/// <c>kind:</c>, <c>protocol:2</c>, <c>size:large</c>) so that nobody can claim them by hand.
/// </summary>
public static class LabelSet
{
    /// <summary>
    /// What a task with a large payload requires, and a poll offers that has room for one. So large tasks are groups of their own in the
    /// queue: those that wait for a worker's line are in nobody's way.
    /// </summary>
    public const string Large = "size:large";

    /// <summary>
    /// Every worker with a session has it, whichever version of the session protocol it speaks; workers of the compatible protocol, which
    /// is the first, do not. A task requires it that one of those could not run.
    /// </summary>
    public const string SessionProtocol = "protocol:2";

    /// <summary>Begins the label that names one worker.</summary>
    public const string WorkerPrefix = "worker:";

    /// <summary>Begins the label of a kind that a worker runs.</summary>
    public const string KindPrefix = "kind:";

    /// <summary>The label that names one worker.</summary>
    public static string NameWorker(string name) => WorkerPrefix + name;

    /// <summary>The canonical text of some labels.</summary>
    public static string FromLabels(IEnumerable<string> labels) =>
        string.Join(',', labels.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    /// <summary>The labels of a canonical text.</summary>
    public static string[] Split(string canonical) => canonical.Length == 0 ? [] : canonical.Split(',');

    /// <summary>The same set with one more label.</summary>
    public static string AddLabel(string canonical, string label)
    {
        if (canonical.Length == 0 || Covers(canonical, label)) return canonical.Length == 0 ? label : canonical;
        foreach (var range in canonical.AsSpan().Split(','))
            if (canonical.AsSpan()[range].SequenceCompareTo(label) > 0) return canonical.Insert(range.Start.Value, label + ",");
        return $"{canonical},{label}";
    }

    /// <summary>The same set without a label.</summary>
    public static string RemoveLabel(string canonical, string label) =>
        Covers(canonical, label) ? string.Join(',', Split(canonical).Where(one => one != label)) : canonical;

    /// <summary>True when every label required is offered. Of two canonical texts, in one pass and without memory.</summary>
    public static bool Covers(string offered, string required)
    {
        ReadOnlySpan<char> rest = offered, wanted = required;
        while (wanted.Length > 0)
        {
            if (rest.Length == 0) return false;
            var label = GetFirst(wanted);
            var candidate = GetFirst(rest);
            var order = candidate.SequenceCompareTo(label);
            if (order > 0) return false;
            rest = rest[Math.Min(candidate.Length + 1, rest.Length)..];
            if (order == 0) wanted = wanted[Math.Min(label.Length + 1, wanted.Length)..];
        }
        return true;
    }

    private static ReadOnlySpan<char> GetFirst(ReadOnlySpan<char> labels) =>
        labels.IndexOf(',') is var end and >= 0 ? labels[..end] : labels;
}
