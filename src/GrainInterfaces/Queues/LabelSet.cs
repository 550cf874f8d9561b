namespace OpenClaw.GrainInterfaces.Queues;

/// <summary>
/// Canonical text of a set of labels: sorted, distinct, joined by a comma: <c>kind:command,worker:studio</c>.
/// People's labels are <c>[a-z0-9][a-z0-9-]{0,62}</c>; implicit ones carry a colon (<c>worker:</c>, <c>os:</c>, <c>arch:</c>,
/// <c>kind:</c>, <c>protocol:2</c>) so that nobody can claim them by hand.
/// </summary>
public static class LabelSet
{
    /// <summary>The canonical text of some labels.</summary>
    public static string Of(IEnumerable<string> labels) =>
        string.Join(',', labels.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    /// <summary>The labels of a canonical text.</summary>
    public static string[] Split(string canonical) => canonical.Length == 0 ? [] : canonical.Split(',');

    /// <summary>True when every label required is offered.</summary>
    public static bool Covers(IReadOnlySet<string> offered, string required)
    {
        foreach (var range in required.AsSpan().Split(','))
        {
            var label = required[range];
            if (label.Length > 0 && !offered.Contains(label)) return false;
        }
        return true;
    }
}
