using OpenClaw.Worker.Execution.Files.Roots;
using OpenClaw.Worker.FileSystems;
using OpenClaw.Worker.Processes;

namespace OpenClaw.Worker.Policy.Sandbox;

/// <summary>
/// Puts the policy's sandbox around a program, tried before. Looks at the user's file system may be left behind when they hang; the trials are
/// programs, which a cancelled task ends and waits for, so that none of them runs on when the task has ended.
/// </summary>
internal sealed class SandboxWrapper(PolicyGate gate, SandboxProbe probe, OwnerPolicy policy, SandboxProfile profile)
{
    /// <summary>The rule by which a sandbox that can't be had refuses.</summary>
    public const string NoSandbox = "sandbox-unavailable";
    private const string SandboxRule = "sandbox";

    /// <summary>The program inside the sandbox, not yet under the policy's user. Throws when cancelled.</summary>
    public async Task<Confined> PutAround(ProcessSpec spec, CancellationToken cancellation)
    {
        if (!OperatingSystem.IsLinux())
            return Verdict.Rejected(NoSandbox, "the policy wants a sandbox, which there is on Linux only");
        var place = await Ask(FindPlace, cancellation).ConfigureAwait(false);
        if (place is null || await Ask(() => FindFault(spec, place), cancellation).ConfigureAwait(false) is not { } found)
            return Verdict.Unanswered;
        if (found.Refusal is { } refusal)
            return refusal;
        var takesFolders = await probe.TakesFolders(found.Program, found.Written, cancellation).ConfigureAwait(false);
        if (await Ask(() => Around(spec, place, found.Program, takesFolders), cancellation).ConfigureAwait(false) is not { } shutIn)
            return Verdict.Unanswered;
        var tried = shutIn with { Argv = policy.RunAs?.Before(shutIn.Argv) ?? shutIn.Argv };
        if (await probe.Try(tried, cancellation).ConfigureAwait(false) is { } failure)
            return Verdict.Rejected(NoSandbox, $"the sandbox can't be made: {failure}");
        return shutIn with { Argv = [.. shutIn.Argv, .. spec.Argv] };
    }

    /// <summary>Null: the file system did not answer.</summary>
    private async Task<T?> Ask<T>(Func<T> look, CancellationToken cancellation) where T : class =>
        (await gate.FileSystem.Ask(look, FileSystemCalls.Patience, cancellation).ConfigureAwait(false)).Value;

    private SandboxPlace FindPlace()
    {
        var home = policy.RunAs?.Home ?? gate.User.Home;
        return new SandboxPlace(
            RealPath.Of(home) ?? home, policy.Files.Closed, policy.Folders?.Read ?? [], policy.Folders?.Write ?? [], policy.Limits.Disk);
    }

    private Found FindFault(ProcessSpec spec, SandboxPlace place)
    {
        if ((profile.Program ?? SystemProgram.Find("bwrap")) is not { } bubblewrap || !File.Exists(bubblewrap))
            return new(Verdict.Rejected(NoSandbox, "the policy wants a sandbox, but bubblewrap (bwrap) is not installed here"));
        // Closed folders are hidden by path: one that was moved would be visible.
        if (policy.Files.FindMoved(BubbleWrap.HiddenFolders(profile, place)) is { } moved)
            return new(Verdict.Rejected(FileRoots.OwnRule, $"{moved} is not the folder it was when the worker read its policy"));
        if (!BubbleWrap.Shows(profile, place, spec.WorkingDirectory))
            return new(Verdict.Rejected(SandboxRule, $"the folder {spec.WorkingDirectory} can't be seen in the sandbox"));
        if (FileOf(spec) is { } program && !BubbleWrap.Shows(profile, place, program))
            return new(Verdict.Rejected(SandboxRule, $"the program {program} can't be seen in the sandbox; sandbox.read can name its folder"));
        return new(null, bubblewrap, File.GetLastWriteTimeUtc(bubblewrap));
    }

    /// <summary>bubblewrap with its arguments and the folders it gets, without the program.</summary>
    private ProcessSpec Around(ProcessSpec spec, SandboxPlace place, string bubblewrap, bool takesFolders)
    {
        List<string>? inherited = takesFolders ? [] : null;
        return spec with
        {
            Argv = [bubblewrap, .. BubbleWrap.Arguments(profile, place, spec.WorkingDirectory, Look, inherited)],
            Folders = [.. (inherited ?? []).Select(path => new InheritedFolder(path, policy.Roots.IdentityOf(path)))],
        };
    }

    private static string? FileOf(ProcessSpec spec) =>
        OperatingSystem.IsWindows() || Processes.Unix.ProgramPath.Find(spec) is not { } file ? null
            : RealPath.Of(Path.GetFullPath(file, spec.WorkingDirectory));

    private static (bool Exists, string? LinkTarget) Look(string path) => (Path.Exists(path), new FileInfo(path).LinkTarget);

    private sealed record Found(Verdict? Refusal, string Program = "", DateTime Written = default);
}
