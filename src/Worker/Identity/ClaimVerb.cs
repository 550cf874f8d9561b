using System.Globalization;
using OpenClaw.Worker.Cli;
using OpenClaw.Worker.Enrolment;
using OpenClaw.Worker.FileSystems;

namespace OpenClaw.Worker.Identity;

/// <summary>
/// Makes a home folder that came from another PC, or is a copy, this PC's own: what was the other daemon's is set aside, never deleted,
/// and the next start makes a new identity. The owner's files (settings, policy, variables) stay.
/// </summary>
internal static class ClaimVerb
{
    private static readonly VerbOption Anyway = new("--anyway", "also when the folder is this PC's own: the whole machine was copied");

    public static Verb Claim { get; } = new("claim", "makes a home folder that came from another PC this PC's own", Run)
    {
        Options = [Anyway],
        More = "The identity, journal and results of the daemon before are set aside in the folder; nothing is deleted.\n"
            + "Exit code 0: done; 1: not done.",
    };

    private static Task<int> Run(VerbCall call) => Task.FromResult(Run(call, MachineId.ReadDigest()));

    internal static int Run(VerbCall call, string? machine)
    {
        if (!Directory.Exists(call.Home))
        {
            call.Error.WriteLine($"the folder {call.Home} does not exist");
            return VerbExit.No;
        }
        var (home, error) = HomeFolder.Open(call.Home);
        if (home is null)
        {
            call.Error.WriteLine(error);
            return VerbExit.No;
        }
        using (home)
        {
            try
            {
                return SetAside(call, home, HomeIdentity.WhyForeign(home.Path, machine));
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                call.Error.WriteLine($"the folder {home.Path} can't be claimed: {failure.Message}");
                return VerbExit.No;
            }
        }
    }

    private static int SetAside(VerbCall call, HomeFolder home, string? why)
    {
        if (why is null && !call.HasOption(Anyway.Name))
        {
            call.Error.WriteLine($"{home.Path} is this PC's own, as far as can be told; nothing was done. "
                + "If the whole machine is a copy of another: claim --anyway");
            return VerbExit.No;
        }
        var aside = ChooseAsideFolder(home.Path, call.Terminal.Clock.GetUtcNow());
        PrivateFolder.Ensure(aside);
        // The identity goes last: until then the folder stays the other PC's, and the verb can be called again.
        string[] keys = [.. Directory.GetFiles(home.Path, WorkerKey.AnyKey).Select(file => Path.GetFileName(file))];
        foreach (var name in HomeFolder.DaemonOwnNames.Concat(keys).Reverse())
            MoveIfExists(Path.Combine(home.Path, name), Path.Combine(aside, name));
        call.Out.WriteLine($"{home.Path} is this PC's own from now on. What was the daemon's before is in {aside}: "
            + "its journal, its audit log, and results it had not reported.");
        call.Out.WriteLine("If that daemon goes on somewhere, give this one a name of its own: WORKER_NAME.");
        return VerbExit.Done;
    }

    private static string ChooseAsideFolder(string home, DateTimeOffset now)
    {
        var name = $"before-claim-{now.UtcDateTime.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}";
        return Enumerable.Range(1, int.MaxValue).Select(number => Path.Combine(home, number == 1 ? name : $"{name}-{number}"))
            .First(path => !Directory.Exists(path));
    }

    private static void MoveIfExists(string from, string to)
    {
        if (Directory.Exists(from))
            Directory.Move(from, to);
        else if (File.Exists(from))
            File.Move(from, to);
    }
}
