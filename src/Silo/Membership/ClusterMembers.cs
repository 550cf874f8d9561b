using OpenClaw.GrainInterfaces.Upgrades;

namespace OpenClaw.Silo.Membership;

/// <summary>What a silo knows of the membership.</summary>
internal sealed class ClusterMembers(IClusterMembershipService membership) : IClusterMembers
{
    private Snapshot? last;

    public IReadOnlyList<SiloAddress> Active
    {
        get
        {
            var (current, known) = (membership.CurrentSnapshot, last);
            // Two who make the list at once come to the same.
            if (known is null || !ReferenceEquals(known.Source, current)) last = known = new Snapshot(current, ListActive(current));
            return known.Active;
        }
    }

    private static SiloAddress[] ListActive(ClusterMembershipSnapshot members) =>
        [.. members.Members.Values.Where(member => member.Status == SiloStatus.Active).Select(member => member.SiloAddress)];

    private sealed record Snapshot(ClusterMembershipSnapshot Source, IReadOnlyList<SiloAddress> Active);
}
