using Orleans.Configuration;

namespace OpenClaw.Silo.Membership;

/// <summary>
/// How fast a silo that is gone is noticed. With Orleans' defaults one that hangs blocks its grains for more than a minute, and silos
/// that start after all others were killed wait for minutes for those to answer.
/// </summary>
internal static class MembershipSettings
{
    /// <summary>
    /// Three of them missed, and a silo counts no more: it has no vote, and one that joins may declare it dead when it does not answer.
    /// It costs one small update each.
    /// </summary>
    private static readonly TimeSpan SignOfLife = TimeSpan.FromSeconds(2);

    public static void ApplyTimeouts(ClusterMembershipOptions options)
    {
        options.ProbeTimeout = TimeSpan.FromSeconds(1.5);
        options.MaxProbeTimeout = TimeSpan.FromSeconds(3);
        options.TableRefreshTimeout = TimeSpan.FromSeconds(3);
        options.IAmAliveTablePublishTimeout = SignOfLife;
        // How long a silo has been joining is compared with what it wrote by its machine's clock: one that is behind the cluster would give
        // itself up.
        options.EvictWhenMaxJoinAttemptTimeExceeded = false;
        // A dead silo's row is how one that was frozen for long learns that it is out; after a day it learns so from its absence.
        options.DefunctSiloExpiration = TimeSpan.FromDays(1);
        options.DefunctSiloCleanupPeriod = TimeSpan.FromMinutes(10);
    }
}
