using System.Globalization;
using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.GrainInterfaces.Security;

namespace OpenClaw.Storage.Audit;

/// <summary>
/// Bounds the audit notes that are stored: whoever can cause notes could fill the server's disk with them. A few rows
/// for each sender and minute; of the rest only how many there were. What is counted when the process ends is lost.
/// </summary>
internal sealed class BoundedNotes(NoteLimits limits, TimeProvider clock, Action<AuditNote> write) : IDisposable
{
    private const int LongestText = 200;
    private const int MostSums = 20;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly Dictionary<Sender, Tally> senders = [];
    private int byStrangers;
    private int byTokens;
    private ITimer? timer;

    /// <summary>Senders of this minute that are told apart.</summary>
    internal int Senders
    {
        get
        {
            lock (gate) return senders.Count;
        }
    }

    /// <summary>Passes the note on, its texts cut to a bounded length, or counts it.</summary>
    public void WriteOrCount(AuditNote note)
    {
        bool fits;
        lock (gate)
        {
            var own = GetTally(note);
            fits = IsStranger(note.TokenId)
                ? own.Written < limits.PerStranger && byStrangers < limits.AllStrangers
                : own.Written < limits.PerToken && byTokens < limits.AllTokens;
            if (!fits) own.LeftOut++;
            else if (IsStranger(note.TokenId)) (own.Written, byStrangers) = (own.Written + 1, byStrangers + 1);
            else (own.Written, byTokens) = (own.Written + 1, byTokens + 1);
            timer ??= StartTimer();
        }
        if (fits) write(note with { Detail = CutText(note.Detail), Address = CutText(note.Address) });
    }

    public void Dispose() => timer?.Dispose();

    private ITimer StartTimer()
    {
        // It lives on: nothing of the request that made the note may live on with it.
        using (ExecutionContext.SuppressFlow()) return clock.CreateTimer(_ => EndWindow(), null, Window, Window);
    }

    private Tally GetTally(AuditNote note)
    {
        var sender = new Sender(note.What, note.TokenId, AddressRange.FormatRange(note.Address));
        if (senders.TryGetValue(sender, out var known)) return known;
        if (senders.Count >= limits.Senders) sender = new(note.What, IsStranger(note.TokenId) ? note.TokenId : Sender.Many, Sender.Many);
        if (!senders.TryGetValue(sender, out known)) senders.Add(sender, known = new Tally());
        return known;
    }

    private void EndWindow()
    {
        List<AuditNote> sums;
        lock (gate)
        {
            sums = SummarizeLeftOut(clock.GetUtcNow());
            // A minute without a note: the next one makes a timer of its own.
            if (senders.Count == 0)
            {
                timer?.Dispose();
                timer = null;
            }
            senders.Clear();
            (byStrangers, byTokens) = (0, 0);
        }
        sums.ForEach(write);
    }

    /// <summary>One row for each of the senders with the most left out, one for all others together.</summary>
    private List<AuditNote> SummarizeLeftOut(DateTimeOffset now)
    {
        var sums = new List<AuditNote>();
        foreach (var kind in senders.Where(sender => sender.Value.LeftOut > 0)
            .GroupBy(sender => (sender.Key.What, IsStranger(sender.Key.TokenId))))
        {
            var (what, all) = (kind.Key.What, kind.OrderByDescending(sender => sender.Value.LeftOut).ToList());
            sums.AddRange(all.Take(MostSums).Select(sender => Sum(what, sender.Key.TokenId, sender.Key.Range, sender.Value.LeftOut, "")));
            var rest = all.Skip(MostSums).ToList();
            if (rest.Count == 0) continue;
            var from = string.Create(CultureInfo.InvariantCulture, $" from {rest.Count} other senders");
            sums.Add(
                Sum(what, kind.Key.Item2 ? AuditNote.Stranger : Sender.Many, Sender.Many, rest.Sum(sender => sender.Value.LeftOut), from));
        }
        return sums;

        AuditNote Sum(string what, string token, string? range, long count, string from) =>
            new(now, what, token, range, null, string.Create(CultureInfo.InvariantCulture, $"{count} more{from} within a minute"));
    }

    private static bool IsStranger(string tokenId) => tokenId == AuditNote.Stranger;

    private static string? CutText(string? text) => text?.Length > LongestText ? text[..LongestText] + "..." : text;

    /// <summary>Who makes the server note something, and what.</summary>
    private readonly record struct Sender(string What, string TokenId, string? Range)
    {
        /// <summary>Stands for all senders that are not counted separately.</summary>
        public const string Many = "*";
    }

    private sealed class Tally
    {
        public int Written { get; set; }

        public long LeftOut { get; set; }
    }
}
