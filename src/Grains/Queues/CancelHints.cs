namespace OpenClaw.Grains.Queues;

/// <summary>Cancels that found no parked poll of their worker, kept for its next one. Hints: forgotten after a while. Pure.</summary>
internal sealed class CancelHints
{
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(1);
    private const int MostPerWorker = 100;

    private readonly Dictionary<string, (List<Guid> Tasks, DateTimeOffset Since)> kept = new(StringComparer.Ordinal);

    public void Add(string worker, Guid task, DateTimeOffset now)
    {
        if (!kept.TryGetValue(worker, out var hints)) kept.Add(worker, hints = ([], now));
        if (hints.Tasks.Count < MostPerWorker && !hints.Tasks.Contains(task)) hints.Tasks.Add(task);
    }

    public Guid[]? TakeForWorker(string worker) => kept.Count > 0 && kept.Remove(worker, out var hints) ? [.. hints.Tasks] : null;

    public void RemoveExpired(DateTimeOffset now)
    {
        if (kept.Count == 0) return;
        List<string>? expired = null;
        foreach (var (worker, hints) in kept)
            if ((now - hints.Since).Duration() > KeptFor) (expired ??= []).Add(worker);
        if (expired is null) return;
        foreach (var worker in expired) kept.Remove(worker);
    }
}
