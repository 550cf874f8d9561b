using OpenClaw.Worker.FileSystems;
using OpenClaw.Worker.Policy.Reading;
using OpenClaw.Worker.Policy.Rules;

namespace OpenClaw.Worker.Policy;

/// <summary>
/// Holds the policy that counts now. The file is read again at every look, which is cheap and misses nothing, however an editor replaces
/// it; one with errors changes nothing and is complained about, once for each such content. Nor does its absence: some editors remove a
/// file before they write it again, and for that moment nothing may be allowed that was not before.
/// </summary>
/// <param name="first">The policy at the start.</param>
/// <param name="path">The file.</param>
/// <param name="place">This PC.</param>
/// <param name="log">Where complaints go.</param>
/// <param name="taken">Called with each later policy that takes effect.</param>
internal sealed class PolicyKeeper(OwnerPolicy first, string path, PolicyContext place, WorkerLog log, Action<OwnerPolicy>? taken = null)
{
    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(1);
    private readonly Lock gate = new();
    private bool silent;
    private readonly string folder = GetFolder(path);
    private FileIdentity? home = ReadIdentity(GetFolder(path));
    private OwnerPolicy current = first;
    private string complaint = "";
    private IReadOnlyList<string> fileErrors = [];

    /// <summary>As of the last look.</summary>
    public OwnerPolicy Current => Volatile.Read(ref current);

    /// <summary>Why the file, as of the last look, is not the policy that counts; none: it is.</summary>
    public IReadOnlyList<string> FileErrors => Volatile.Read(ref fileErrors);

    /// <summary>
    /// Reads the file again; the policy that counts after that. May hang on a root of a changed policy: whoever comes meanwhile has the
    /// policy of before.
    /// </summary>
    public OwnerPolicy ReloadFile()
    {
        if (!gate.TryEnter(LockTimeout))
        {
            if (!Interlocked.Exchange(ref silent, true)) log.PolicyUnanswered();
            return Current;
        }
        try
        {
            silent = false;
            // Who may write in a folder above the home could replace it, and put a policy of their own there.
            if (IsAnotherHome())
            {
                ReportErrors([$"{folder} is not the folder it was; the policy of before counts on"]);
                return current;
            }
            var (policy, errors) = PolicyFile.LoadFrom(path, place, current) ?? (PolicyFile.CreateDefault(place), []);
            if (policy is null)
                ReportErrors(errors);
            else if (policy.Digest.Length == 0 && current.Digest.Length > 0)
                ReportErrors(["the file is gone; start the worker again to run without a policy"]);
            else
                ReplaceCurrent(policy);
            return current;
        }
        finally
        {
            gate.Exit();
        }
    }

    private static string GetFolder(string path) => RealPath.ResolveLinks(Path.GetDirectoryName(Path.GetFullPath(path))!) ?? path;

    private static FileIdentity? ReadIdentity(string folder)
    {
        try
        {
            return RootIdentities.StatWithoutLinks(folder) is { Type: not FileType.Missing } status ? status.Identity : null;
        }
        catch (Exception error) when (FileSystemCalls.IsExpected(error))
        {
            return null;
        }
    }

    private bool IsAnotherHome()
    {
        try
        {
            var now = RootIdentities.StatWithoutLinks(folder);
            if (now.Type == FileType.Missing) return home is not null;
            home ??= now.Identity;
            return now.Identity != home;
        }
        catch (Exception error) when (FileSystemCalls.IsExpected(error))
        {
            return true;
        }
    }

    private void ReportErrors(IReadOnlyList<string> errors)
    {
        Volatile.Write(ref fileErrors, errors);
        var text = string.Join("; ", errors);
        if (text == complaint) return;
        complaint = text;
        log.PolicyRefused(errors.Count, text);
    }

    private void ReplaceCurrent(OwnerPolicy policy)
    {
        complaint = "";
        Volatile.Write(ref fileErrors, []);
        if (policy.Digest == current.Digest) return;
        Volatile.Write(ref current, policy);
        taken?.Invoke(policy);
        log.PolicyTaken(policy.Digest);
    }
}
