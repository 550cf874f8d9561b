using System.Globalization;
using OpenClaw.GrainInterfaces.Queues;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Security;

namespace OpenClaw.Gateway.Security.Access;

/// <summary>
/// Which tasks a token may ask for, and so may see: what it could not have asked for is to it as if it were not there. Everything that is
/// given holds at once. Pure.
/// </summary>
internal sealed class Narrowing
{
    private readonly string[]? workers, labels, kinds;
    private readonly TimeSpan? longest;

    private Narrowing(string[]? workers, string[]? labels, string[]? kinds, TimeSpan? longest) =>
        (this.workers, this.labels, this.kinds, this.longest) = (workers, labels, kinds, longest);

    /// <summary>Null when the rules narrow nothing.</summary>
    public static Narrowing? FromRules(TokenRules? rules) =>
        rules is null or { Workers: null, Labels: null, Kinds: null, LongestTimeout: null } ? null
            : new(rules.Workers, rules.Labels, rules.Kinds, rules.LongestTimeout);

    /// <summary>As a client says it.</summary>
    public TokenNarrowing ToView() =>
        new() { Workers = workers, Labels = labels, Kinds = kinds, MaxTimeout = (long?)longest?.TotalMilliseconds };

    /// <summary>True for a task that it may ask for.</summary>
    public bool Admits(TaskSpec task) => NamesWorker(task) && RequiresLabels(task) && IsOfKind(task) && EndsInTime(task);

    /// <summary>The fields for which it may not be asked for, each with what it may be; none exactly when it is admitted.</summary>
    public FieldError[] FindErrors(TaskSpec task)
    {
        var errors = new List<FieldError>();
        if (!NamesWorker(task)) errors.Add(new("worker", $"must be one of {FormatNames(workers!)} with this token"));
        if (!RequiresLabels(task)) errors.Add(new("labels", $"must have {FormatNames(labels!)} with this token"));
        if (!IsOfKind(task)) errors.Add(new("kind", $"must be one of {FormatNames(kinds!)} with this token"));
        if (!EndsInTime(task)) errors.Add(new("timeout", string.Create(CultureInfo.InvariantCulture,
            $"must be given and at most {(long)longest!.Value.TotalMilliseconds} with this token")));
        return [.. errors];
    }

    /// <summary>True for a worker on which a task that it may ask for could run.</summary>
    public bool Admits(string name, string offers) =>
        (workers is null || workers.Contains(name, StringComparer.Ordinal))
        && (labels is null || Array.TrueForAll(labels, label => LabelSet.Covers(offers, label)))
        && (kinds is null || Array.Exists(kinds, kind => LabelSet.Covers(offers, LabelSet.KindPrefix + kind)));

    /// <summary>True for a kind of which it may ask for a task.</summary>
    public bool AdmitsKind(string kind) => kinds is null || kinds.Contains(kind, StringComparer.Ordinal);

    /// <summary>True when every task it may ask for the other one may, too.</summary>
    public static bool IsWithin(Narrowing? inner, Narrowing? outer)
    {
        if (outer is null) return true;
        return inner is not null && IsSubset(inner.workers, outer.workers) && IsSubset(inner.kinds, outer.kinds)
            && (outer.labels is null || IsSubset(outer.labels, inner.labels ?? []))
            && (outer.longest is null || inner.longest <= outer.longest);
    }

    private static bool IsSubset(string[]? inner, string[]? outer) =>
        outer is null || (inner is not null && Array.TrueForAll(inner, one => outer.Contains(one, StringComparer.Ordinal)));

    private bool NamesWorker(TaskSpec task) =>
        workers is null || Array.Exists(workers, worker => LabelSet.Covers(task.Requires, LabelSet.NameWorker(worker)));

    private bool RequiresLabels(TaskSpec task) =>
        labels is null || Array.TrueForAll(labels, label => LabelSet.Covers(task.Requires, label));

    private bool IsOfKind(TaskSpec task) => AdmitsKind(task.Kind);

    private bool EndsInTime(TaskSpec task) => longest is null || task.Timeout <= longest;

    private static string FormatNames(string[] names) => string.Join(", ", names);
}
