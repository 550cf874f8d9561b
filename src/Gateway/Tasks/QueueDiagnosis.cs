using System.Globalization;
using OpenClaw.Gateway.Workers;
using OpenClaw.GrainInterfaces.Queues;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Protocol.Workers;

namespace OpenClaw.Gateway.Tasks;

/// <summary>Why a queued task does not run, in one sentence for people. Pure; the first reason that holds is the one told.</summary>
internal static class QueueDiagnosis
{
    private const int Named = 3;

    /// <summary>Why a task does not run yet, in one sentence.</summary>
    public static string ExplainWait(TaskSnapshot task, QueueFacts queue, IReadOnlyList<WorkerSnapshot> workers, DateTimeOffset now)
    {
        if (queue.OfferedTo is { } to) return $"it is offered to {to}, which has not asked to start it yet";
        if (task.NotBefore is { } at && at > now) return DescribePause(task, at - now);
        if (queue.KeyHeldBy is { } holder && holder != task.Id) return $"it waits for task {holder:D} with the same key";
        if (queue.ReachedLimit is { } most) return DescribeLimit(most);
        var required = LabelSet.Split(LabelSet.RemoveLabel(task.Spec.Requires, LabelSet.Large));
        var able = workers.Where(worker => SplitOffers(worker).IsSupersetOf(required)).ToArray();
        if (!able.Any(worker => worker.Online)) return DescribeMissingWorker(required, able, workers, now);
        var taking = able.Where(worker => worker is { Online: true, Draining: false }).ToArray();
        if (taking.Length == 0)
            return $"{FormatNames(able.Where(worker => worker.Online))} {ChooseVerb(able.Count(worker => worker.Online))} draining";
        var known = taking.Select(worker => new KnownWorker(worker, WorkerViews.ReadFacts(worker.FactsJson))).ToArray();
        var paused = known.Where(one => one.Facts?.Paused is true).ToArray();
        var quiet = known.Except(paused).Where(one => IsAhead(one.Facts?.QuietUntil, now)).ToArray();
        var rest = known.Except(paused).Except(quiet).Select(one => one.Worker).ToArray();
        return rest.Length > 0 ? DescribeWaiting(queue, rest) : string.Join("; ", Pauses(paused, now).Concat(QuietHours(quiet, now)));
    }

    private static string DescribeLimit(int most) =>
        string.Create(CultureInfo.InvariantCulture, $"the token's limit of {most} running {(most == 1 ? "task" : "tasks")} is reached");

    private static IEnumerable<string> Pauses(KnownWorker[] paused, DateTimeOffset now)
    {
        if (paused.Length == 0) yield break;
        var until = paused is [{ Facts.PausedUntil: { } end }] && IsAhead(end, now) ? $" until {FormatTime(end, now)}" : "";
        yield return $"{FormatNames(paused.Select(one => one.Worker))} {ChooseVerb(paused.Length)} paused by the owner{until}";
    }

    /// <summary>Until the first of them takes work again.</summary>
    private static IEnumerable<string> QuietHours(KnownWorker[] quiet, DateTimeOffset now)
    {
        if (quiet.Length == 0) yield break;
        var end = quiet.Min(one => one.Facts!.QuietUntil!.Value);
        var names = FormatNames(quiet.Select(one => one.Worker));
        yield return $"{names} {(quiet.Length == 1 ? "has" : "have")} quiet hours until {FormatTime(end, now)}";
    }

    /// <summary>What is over by our clock no longer counts, though the PC has not said so.</summary>
    private static bool IsAhead(long? at, DateTimeOffset now) => at > now.ToUnixTimeMilliseconds();

    /// <summary>Somebody has it and waits for a human. The rule is in the words of the owner of the PC.</summary>
    public static string ExplainWait(ApprovalWait wait, bool withRule) => wait.Approved
        ? $"it is approved, and {wait.Worker} has not started it yet"
        : $"{wait.Worker} waits for a person to approve it" + (withRule ? $" (rule {wait.Rule})" : "");

    private static string DescribePause(TaskSnapshot task, TimeSpan left) => string.Create(CultureInfo.InvariantCulture,
        $"it waits between attempts: {task.FailedAttempts} of {task.Spec.MaxAttempts} failed, "
        + $"the next may start in {Math.Ceiling(left.TotalSeconds)} s");

    /// <summary>Everybody who could is offline, or nobody could.</summary>
    private static string DescribeMissingWorker(
        string[] required, WorkerSnapshot[] able, IReadOnlyList<WorkerSnapshot> workers, DateTimeOffset now)
    {
        if (workers.Count == 0) return "no worker has ever connected";
        var named = required.FirstOrDefault(
            label => label.StartsWith(LabelSet.WorkerPrefix, StringComparison.Ordinal))?[LabelSet.WorkerPrefix.Length..];
        if (named is not null) return DescribeNamedWorker(named, required, workers, now);
        var offline = string.Join("; ", able.Take(Named).Select(worker => DescribeOffline(worker, now)));
        var wanted = required.Where(label => !workers.Any(worker => worker.Online && SplitOffers(worker).Contains(label))).ToArray();
        if (!workers.Any(worker => worker.Online))
            wanted = [.. required.Where(label => !label.StartsWith(LabelSet.KindPrefix, StringComparison.Ordinal))];
        var lack = wanted.Length > 0 ? "no worker " + FormatAbilities(wanted)
            : workers.Any(worker => worker.Online) ? $"no single worker {FormatAbilities(required)}" : "no worker is online";
        if (offline.Length > 0) return $"{lack}; {offline}";
        return workers.Any(worker => worker.Online) ? lack : $"{lack}; nobody is online";
    }

    private static string DescribeNamedWorker(string name, string[] required, IReadOnlyList<WorkerSnapshot> workers, DateTimeOffset now)
    {
        var worker = workers.FirstOrDefault(worker => worker.Name == name);
        if (worker is null) return $"there is no worker named {name}";
        var missing = required.Except(SplitOffers(worker)).ToArray();
        if (missing.Length == 0) return DescribeOffline(worker, now);
        var sentence = $"{name} does not offer what it needs: {string.Join(", ", missing.Select(FormatLabel))}";
        return worker.Online ? sentence : $"{sentence}; {DescribeOffline(worker, now)}";
    }

    private static string DescribeWaiting(QueueFacts queue, WorkerSnapshot[] taking)
    {
        var ahead = queue.Ahead is { } count and > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? "task goes" : "tasks go")} before it") : null;
        if (queue.WaitingWorkers > 0) return ahead ?? "a worker is about to take it";
        var busy = $"{FormatNames(taking)} {ChooseVerb(taking.Length)} busy";
        return ahead is null ? busy : $"{busy}; {ahead}";
    }

    private static string DescribeOffline(WorkerSnapshot worker, DateTimeOffset now) =>
        worker.LastSeen is { } seen ? $"{worker.Name} is offline since {FormatTime(seen, now)}" : $"{worker.Name} is offline";

    private static string FormatTime(DateTimeOffset at, DateTimeOffset now) => at.UtcDateTime.Date == now.UtcDateTime.Date
        ? at.UtcDateTime.ToString("HH:mm 'UTC'", CultureInfo.InvariantCulture)
        : at.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static string FormatTime(long at, DateTimeOffset now) => FormatTime(DateTimeOffset.FromUnixTimeMilliseconds(at), now);

    private static string FormatAbilities(string[] labels) => string.Join(" and ", labels.Select(label => label switch
    {
        _ when label.StartsWith(LabelSet.KindPrefix, StringComparison.Ordinal) => $"runs kind {label[LabelSet.KindPrefix.Length..]}",
        LabelSet.SessionProtocol => "can do more than the compatible protocol",
        _ => $"has label {label}",
    }));

    private static string FormatLabel(string label) => label switch
    {
        _ when label.StartsWith(LabelSet.KindPrefix, StringComparison.Ordinal) => $"kind {label[LabelSet.KindPrefix.Length..]}",
        LabelSet.SessionProtocol => "more than the compatible protocol",
        _ => $"label {label}",
    };

    private static HashSet<string> SplitOffers(WorkerSnapshot worker) => [.. LabelSet.Split(worker.Offers)];

    private static string FormatNames(IEnumerable<WorkerSnapshot> workers)
    {
        var names = workers.Select(worker => worker.Name).ToArray();
        var told = string.Join(", ", names.Take(Named));
        return names.Length <= Named ? told : string.Create(CultureInfo.InvariantCulture, $"{told} and {names.Length - Named} more");
    }

    private sealed record KnownWorker(WorkerSnapshot Worker, WorkerFacts? Facts);

    private static string ChooseVerb(int count) => count == 1 ? "is" : "are";
}
