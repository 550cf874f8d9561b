using System.Security.Cryptography;
using System.Text;
using OpenClaw.GrainInterfaces.Workers;

namespace OpenClaw.Grains.Workers;

/// <summary>Sessions in a row that one instance opened. Its secret is not kept: a digest tells whether somebody knows it.</summary>
[GenerateSerializer, Immutable, Alias("SessionOwner")]
internal sealed record SessionOwner([property: Id(0)] string Instance, [property: Id(1)] long First, [property: Id(2)] long Last)
{
    /// <summary>Where its audit log ended when it was heard of last; null: it never was.</summary>
    [Id(3)] public ChainHead? Audit { get; init; }
}

/// <summary>Which instance opened which sessions of a worker name. Pure.</summary>
internal static class SessionOwners
{
    /// <summary>Changes of owner that are remembered. Who comes back after more of them has no attempts any more that run.</summary>
    public const int Most = 16;

    /// <summary>The same list after an instance opened the session of this epoch.</summary>
    public static SessionOwner[] WithSession(SessionOwner[] owners, string instance, long epoch)
    {
        var owner = ComputeDigest(instance);
        if (owners is [.., var last] && last.Instance == owner) return [.. owners[..^1], last with { Last = epoch }];
        // Of a name from before there was a list nobody knows who had it: whoever opens the next session, as it was then.
        var first = owners.Length == 0 ? 1 : epoch;
        return [.. owners.TakeLast(Most - 1), new SessionOwner(owner, first, epoch)];
    }

    /// <summary>The sessions of one instance.</summary>
    public static SessionSpan[] GetSpans(SessionOwner[] owners, string worker, string instance)
    {
        var owner = ComputeDigest(instance);
        return [.. owners.Where(one => one.Instance == owner).Select(one => new SessionSpan(worker, one.First, one.Last))];
    }

    /// <summary>Where the audit log of an instance ended when it was heard of last, under any of these; null: it never was.</summary>
    public static ChainHead? FindAudit(SessionOwner[] owners, string instance)
    {
        var owner = ComputeDigest(instance);
        return owners.LastOrDefault(one => one.Instance == owner && one.Audit is not null)?.Audit;
    }

    /// <summary>The same list with what the owner of the newest session said of its audit log.</summary>
    public static SessionOwner[] WithAudit(SessionOwner[] owners, ChainHead head) =>
        owners is [.., var last] ? [.. owners[..^1], last with { Audit = head }] : owners;

    private static string ComputeDigest(string instance) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(instance)));
}
