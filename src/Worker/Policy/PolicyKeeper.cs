using OpenClaw.Worker.Execution.Files;
using OpenClaw.Worker.Execution.Files.Roots;
using OpenClaw.Worker.Policy.Reading;
using OpenClaw.Worker.Policy.Rules;

namespace OpenClaw.Worker.Policy;

/// <summary>
/// Holds the policy that counts now. The file is read again at every look, which is cheap and misses nothing, however an editor replaces it;
/// one with faults changes nothing and is complained about, once for each such content. Nor does its absence: some editors remove a file
/// before they write it again, and for that moment nothing may be allowed that was not before.
/// </summary>
/// <param name="first">The policy at the start.</param>
/// <param name="path">The file.</param>
/// <param name="place">This PC.</param>
/// <param name="log">Where complaints go.</param>
/// <param name="taken">Told of each further policy that counts.</param>
internal sealed class PolicyKeeper(OwnerPolicy first, string path, PolicyPlace place, WorkerLog log, Action<OwnerPolicy>? taken = null)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private readonly Lock gate = new();
    private bool silent;
    private readonly string folder = FolderOf(path);
    private FileIdentity? home = IdentityOf(FolderOf(path));
    private OwnerPolicy current = first;
    private string complaint = "";
    private IReadOnlyList<string> faults = [];

    /// <summary>As of the last look.</summary>
    public OwnerPolicy Current => Volatile.Read(ref current);

    /// <summary>Why the file, as of the last look, is not the policy that counts; none: it is.</summary>
    public IReadOnlyList<string> Faults => Volatile.Read(ref faults);

    /// <summary>
    /// Reads the file again; the policy that counts after that. May hang on a root of a changed policy: whoever comes meanwhile has the policy of
    /// before.
    /// </summary>
    public OwnerPolicy Look()
    {
        if (!gate.TryEnter(Patience))
        {
            if (!Interlocked.Exchange(ref silent, true))
                log.PolicyUnanswered();
            return Current;
        }
        try
        {
            silent = false;
            // Who may write in a folder above the home could replace it, and put a policy of their own there.
            if (IsAnotherHome())
            {
                Complain([$"{folder} is not the folder it was; the policy of before counts on"]);
                return current;
            }
            var (policy, errors) = PolicyFile.LoadFrom(path, place, current) ?? (PolicyFile.WithoutFile(place), []);
            if (policy is null)
                Complain(errors);
            else if (policy.Digest.Length == 0 && current.Digest.Length > 0)
                Complain(["the file is gone; start the worker again to run without a policy"]);
            else
                Take(policy);
            return current;
        }
        finally
        {
            gate.Exit();
        }
    }

    private static string FolderOf(string path) => RealPath.Of(Path.GetDirectoryName(Path.GetFullPath(path))!) ?? path;

    private static FileIdentity? IdentityOf(string folder)
    {
        try
        {
            return RootIdentities.StatWithoutLinks(folder) is { Type: not FileType.Missing } status ? status.Identity : null;
        }
        catch (Exception error) when (FileFault.Covers(error))
        {
            return null;
        }
    }

    private bool IsAnotherHome()
    {
        try
        {
            var now = RootIdentities.StatWithoutLinks(folder);
            if (now.Type == FileType.Missing)
                return home is not null;
            home ??= now.Identity;
            return now.Identity != home;
        }
        catch (Exception error) when (FileFault.Covers(error))
        {
            return true;
        }
    }

    private void Complain(IReadOnlyList<string> errors)
    {
        Volatile.Write(ref faults, errors);
        var text = string.Join("; ", errors);
        if (text == complaint)
            return;
        complaint = text;
        log.PolicyRefused(errors.Count, text);
    }

    private void Take(OwnerPolicy policy)
    {
        complaint = "";
        Volatile.Write(ref faults, []);
        if (policy.Digest == current.Digest)
            return;
        Volatile.Write(ref current, policy);
        taken?.Invoke(policy);
        log.PolicyTaken(policy.Digest);
    }
}
