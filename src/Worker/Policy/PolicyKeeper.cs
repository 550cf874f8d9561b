using OpenClaw.Worker.Policy.Reading;

namespace OpenClaw.Worker.Policy;

/// <summary>
/// Holds the policy that counts now. The file is read again at every look, which is cheap and misses nothing, however an editor replaces it;
/// one with faults changes nothing and is complained about, once for each such content. Nor does its absence: some editors remove a file
/// before they write it again, and for that moment nothing may be allowed that was not before.
/// </summary>
internal sealed class PolicyKeeper(OwnerPolicy first, string path, PolicyPlace place, WorkerLog log)
{
    private readonly Lock gate = new();
    private OwnerPolicy current = first;
    private string complaint = "";
    private IReadOnlyList<string> faults = [];

    /// <summary>As of the last look.</summary>
    public OwnerPolicy Current => Volatile.Read(ref current);

    /// <summary>Why the file, as of the last look, is not the policy that counts; none: it is.</summary>
    public IReadOnlyList<string> Faults => Volatile.Read(ref faults);

    /// <summary>Reads the file again; the policy that counts after that.</summary>
    public OwnerPolicy Look()
    {
        lock (gate)
        {
            var (policy, errors) = PolicyFile.LoadFrom(path, place) ?? (PolicyFile.WithoutFile(place), []);
            if (policy is null)
                Complain(errors);
            else if (policy.Digest.Length == 0 && current.Digest.Length > 0)
                Complain(["the file is gone; start the worker again to run without a policy"]);
            else
                Take(policy);
            return current;
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
        log.PolicyTaken(policy.Digest);
    }
}
