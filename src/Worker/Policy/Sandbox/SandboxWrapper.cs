using OpenClaw.Worker.Execution.Files.Roots;
using OpenClaw.Worker.FileSystems;
using OpenClaw.Worker.Processes;
using OpenClaw.Worker.Processes.Arguments;

namespace OpenClaw.Worker.Policy.Sandbox;

/// <summary>
/// Puts the policy's sandbox around a program, tried before. Looks at the user's file system may be left behind when they hang; the trials
/// are programs, which a cancelled task ends and waits for, so that none of them runs on when the task has ended.
/// </summary>
internal sealed class SandboxWrapper(PolicyGate gate, SandboxProbe probe, OwnerPolicy policy, SandboxProfile profile)
{
    /// <summary>The rule by which a sandbox that can't be had refuses.</summary>
    public const string NoSandbox = "sandbox-unavailable";
    private const string SandboxRule = "sandbox";

    /// <summary>The program inside the sandbox, not yet under the policy's user. Throws when cancelled.</summary>
    public async Task<SandboxResult> WrapProgram(ProcessSpec spec, CancellationToken cancellation)
    {
        if (!OperatingSystem.IsLinux())
            return Verdict.Rejected(NoSandbox, "the policy wants a sandbox, which there is on Linux only");
        var place = await RunWithTimeout(() => ProgramView.FindPaths(policy, gate.User), cancellation);
        if (place is null || await RunWithTimeout(() => InspectProgram(spec, place), cancellation) is not { } found)
            return Verdict.Unanswered;
        if (found.Rejection is { } rejection) return rejection;
        var takesFolders = await probe.SupportsOpenFolders(found.Program, found.Written, cancellation);
        if (await RunWithTimeout(() => BuildSpec(spec, place, found.Program, takesFolders), cancellation)
             is not { } shutIn)
            return Verdict.Unanswered;
        var tried = shutIn with { Argv = policy.RunAs?.WrapArguments(shutIn.Argv) ?? shutIn.Argv };
        if (await probe.FindError(tried, cancellation) is { } failure)
            return Verdict.Rejected(NoSandbox, $"the sandbox can't be made: {failure}");
        return shutIn with { Argv = [.. shutIn.Argv, .. spec.Argv] };
    }

    /// <summary>Null: the file system did not answer.</summary>
    private async Task<T?> RunWithTimeout<T>(Func<T> look, CancellationToken cancellation) where T : class =>
        (await gate.FileSystem.RunWithTimeout(look, FileSystemCalls.DefaultTimeout, cancellation)).Value;

    private Inspection InspectProgram(ProcessSpec spec, SandboxPaths place)
    {
        if ((profile.Program ?? SystemProgram.FindPath("bwrap")) is not { } bubblewrap || !File.Exists(bubblewrap))
            return new(Verdict.Rejected(NoSandbox, "the policy wants a sandbox, but bubblewrap (bwrap) is not installed here"));
        // Closed folders are hidden by path: one that was moved would be visible.
        if (policy.Files.FindMoved(BubbleWrap.GetHiddenFolders(profile, place)) is { } moved)
            return new(Verdict.Rejected(FileRoots.OwnRule, $"{moved} is not the folder it was when the worker read its policy"));
        if (!BubbleWrap.IsVisible(profile, place, spec.WorkingDirectory))
            return new(Verdict.Rejected(SandboxRule, $"the folder {spec.WorkingDirectory} can't be seen in the sandbox"));
        if (FindProgramFile(spec) is { } program && !BubbleWrap.IsVisible(profile, place, program))
            return new(
                Verdict.Rejected(SandboxRule, $"the program {program} can't be seen in the sandbox; sandbox.read can name its folder"));
        return new(null, bubblewrap, File.GetLastWriteTimeUtc(bubblewrap));
    }

    /// <summary>bubblewrap with its arguments and the folders it gets, without the program.</summary>
    private ProcessSpec BuildSpec(ProcessSpec spec, SandboxPaths place, string bubblewrap, bool takesFolders)
    {
        List<string>? inherited = takesFolders ? [] : null;
        return spec with
        {
            Argv = [bubblewrap, .. BubbleWrap.BuildArguments(profile, place, spec.WorkingDirectory, InspectPath, inherited)],
            Folders = [.. (inherited ?? []).Select(path => new InheritedFolder(path, policy.Roots.FindIdentity(path)))],
        };
    }

    private static string? FindProgramFile(ProcessSpec spec) =>
        OperatingSystem.IsWindows() || Processes.Unix.ProgramPath.FindFile(spec) is not { } file ? null
            : RealPath.ResolveLinks(Path.GetFullPath(file, spec.WorkingDirectory));

    private static (bool Exists, string? LinkTarget) InspectPath(string path) => (Path.Exists(path), new FileInfo(path).LinkTarget);

    private sealed record Inspection(Verdict? Rejection, string Program = "", DateTime Written = default);
}
