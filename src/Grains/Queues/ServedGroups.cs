using System.Runtime.InteropServices;
using OpenClaw.GrainInterfaces.Queues;

namespace OpenClaw.Grains.Queues;

/// <summary>
/// Which groups whom of those who ask can serve, found once and kept: a poll looks at the groups it can take from, however many others
/// have a backlog that nobody serves. Pure.
/// </summary>
internal sealed class ServedGroups
{
    /// <summary>Looks at the table after which somebody who did not ask is forgotten: a minute.</summary>
    private const int LooksKept = 12;

    /// <summary>Sets of labels one worker asks with by turns: with room for a large payload, and without.</summary>
    private const int ViewsOfWorker = 2;

    private readonly List<BacklogGroup> general = [];
    private readonly Dictionary<string, List<BacklogGroup>> named = new(StringComparer.Ordinal);
    private readonly Dictionary<string, View> byMake = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<View>> byWorker = new(StringComparer.Ordinal);

    /// <summary>Groups whose labels were compared with a worker's: what tests count instead of time.</summary>
    public long Compared { get; private set; }

    /// <summary>A group came to be.</summary>
    public void Add(BacklogGroup group)
    {
        if (group.Worker is not { } worker)
        {
            general.Add(group);
            foreach (var view in byMake.Values) AddIfServed(view, group);
            return;
        }
        if (!named.TryGetValue(worker, out var own)) named.Add(worker, own = []);
        own.Add(group);
        foreach (var view in byWorker.GetValueOrDefault(worker, [])) AddIfServed(view, group);
    }

    /// <summary>Groups that name no worker and require nothing but these labels.</summary>
    public ReadOnlySpan<BacklogGroup> GetGeneral(string labels)
    {
        if (general.Count == 0) return [];
        var make = WorkerLabel.RemoveFrom(labels);
        if (!byMake.TryGetValue(make, out var view)) byMake.Add(make, view = CreateView(make, general));
        return view.UseGroups();
    }

    /// <summary>Groups that name this worker and require nothing but these labels.</summary>
    public ReadOnlySpan<BacklogGroup> GetOwn(string worker, string labels)
    {
        if (!named.TryGetValue(worker, out var own)) return [];
        if (!byWorker.TryGetValue(worker, out var views)) byWorker.Add(worker, views = []);
        var view = views.Find(view => view.Labels == labels);
        if (view is null)
        {
            if (views.Count == ViewsOfWorker) views.RemoveAt(0);
            views.Add(view = CreateView(labels, own));
        }
        return view.UseGroups();
    }

    /// <summary>Takes out the groups that are marked as dropped.</summary>
    public void RemoveDropped()
    {
        general.RemoveAll(IsDropped);
        foreach (var (worker, own) in named)
        {
            own.RemoveAll(IsDropped);
            if (own.Count == 0) named.Remove(worker);
        }
        foreach (var view in byMake.Values) view.Groups.RemoveAll(IsDropped);
        foreach (var view in byWorker.Values.SelectMany(views => views)) view.Groups.RemoveAll(IsDropped);
    }

    /// <summary>Forgets those who have not asked for a minute. Called at every look.</summary>
    public void RemoveUnasked()
    {
        RemoveUnasked(byMake);
        foreach (var (worker, views) in byWorker)
        {
            views.RemoveAll(IsUnasked);
            if (views.Count == 0) byWorker.Remove(worker);
        }
    }

    private static void RemoveUnasked(Dictionary<string, View> views)
    {
        foreach (var (labels, view) in views)
            if (IsUnasked(view)) views.Remove(labels);
    }

    private static bool IsUnasked(View view) => ++view.Looks > LooksKept;

    private static bool IsDropped(BacklogGroup group) => group.Dropped;

    private View CreateView(string labels, List<BacklogGroup> among)
    {
        var view = new View(labels);
        foreach (var group in among) AddIfServed(view, group);
        return view;
    }

    private void AddIfServed(View view, BacklogGroup group)
    {
        Compared++;
        if (LabelSet.Covers(view.Labels, group.Requires)) view.Groups.Add(group);
    }

    /// <summary>What one make of workers, or one worker, can take from.</summary>
    private sealed class View(string labels)
    {
        public string Labels { get; } = labels;
        public List<BacklogGroup> Groups { get; } = [];
        public int Looks { get; set; }

        public ReadOnlySpan<BacklogGroup> UseGroups()
        {
            Looks = 0;
            return CollectionsMarshal.AsSpan(Groups);
        }
    }
}
