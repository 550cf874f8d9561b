using System.Security.Cryptography;
using OpenClaw.Protocol;
using OpenClaw.Worker.FileSystems;
using OpenClaw.Worker.Processes;

namespace OpenClaw.Worker.Identity;

/// <summary>Who the daemon of a home folder is to the server, beside its instance.</summary>
/// <param name="Run">This process.</param>
/// <param name="Replaces">Processes before it that are known to have ended.</param>
/// <param name="FormerNames">Names the worker had before.</param>
/// <param name="RenamedFrom">The name it had last, when that was another.</param>
/// <param name="Record">What the folder remembers from now on.</param>
internal sealed record HomeIdentity(string Run, string[] Replaces, string[] FormerNames, string? RenamedFrom, HomeRecord Record)
{
    private static readonly TimeSpan OriginalTimeout = TimeSpan.FromSeconds(5);

    /// <summary>For this process; null and a sentence when the folder is another PC's, or a copy: then nothing in it is touched.</summary>
    /// <param name="home">The folder, held.</param>
    /// <param name="options">Of this daemon.</param>
    /// <param name="machine">Digest of the PC's id; null: it has none that counts.</param>
    /// <param name="log">Where it is logged that the folder can't keep its record.</param>
    public static (HomeIdentity? Identity, string? Error) CreateForProcess(
        HomeFolder home, WorkerOptions options, string? machine, WorkerLog log)
    {
        var record = ReadRecord(home.Path, log);
        var facts = GatherFacts(home.Path, record, machine);
        if (!options.HomeMayMove && HomeCheck.WhyForeign(record, facts) is { } why)
        {
            return (null, $"the home folder {home.Path} {why}: its identity, journal and results are not used here. "
                + $"To make it this PC's own: openclaw-worker claim --home {home.Path}; "
                + "or give this worker another folder with OPENCLAW_WORKER_HOME");
        }
        var names = HomeCheck.WithName(record?.Names ?? [], options.Name, Limits.FormerNames);
        var last = record?.Names.LastOrDefault();
        var (run, dead) = (Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), HomeCheck.FindDeadRuns(record, facts));
        var next = (record ?? new()) with
        {
            Machine = facts.Machine ?? record?.Machine,
            Path = facts.Path,
            Lock = facts.Lock,
            Boot = facts.Boot,
            Names = names,
            Runs = [.. dead.TakeLast(Limits.FormerRuns - 1), run],
        };
        SaveRecord(home.Path, log, next);
        return (new HomeIdentity(run, dead, names[..^1], last == options.Name ? null : last, next), null);
    }

    /// <summary>Why a folder is not this PC's own, for who only looks; null: it is. Throws when its record can't be read.</summary>
    public static string? WhyForeign(string home, string? machine)
    {
        var record = HomeRecord.LoadFrom(home);
        return HomeCheck.WhyForeign(record, GatherFacts(home, record, machine));
    }

    /// <summary>Where the folder was may be a mount that answers nothing: then no original is there.</summary>
    private static HomeFacts GatherFacts(string home, HomeRecord? record, string? machine)
    {
        var isCopy = record?.Path is { } path
            && new FileSystemCalls(mostHanging: 1, TimeProvider.System).RunWithTimeout(() => IsOriginal(path, home), otherwise: false,
                OriginalTimeout);
        return new(home, machine, HomeFolder.ReadLockIdentity(home), ProcessIdentity.ThisBoot, isCopy);
    }

    /// <summary>The same folder under another path is no other: its lock is the same file.</summary>
    private static bool IsOriginal(string path, string home)
    {
        try
        {
            return path != home && HomeFolder.ReadInstance(path) is { } instance && instance == HomeFolder.ReadInstance(home)
                && HomeFolder.ReadLockIdentity(path) is { } other && other != HomeFolder.ReadLockIdentity(home);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static HomeRecord? ReadRecord(string home, WorkerLog log)
    {
        try
        {
            return HomeRecord.LoadFrom(home);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            log.NoHomeRecord(home, error);
            return null;
        }
    }

    /// <summary>Without it the next start asks the server whether this process still lives, and knows no former name. No more.</summary>
    private static void SaveRecord(string home, WorkerLog log, HomeRecord record)
    {
        try
        {
            record.SaveTo(home);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            log.NoHomeRecord(home, error);
        }
    }
}
