using OpenClaw.GrainInterfaces.Webhooks;

namespace OpenClaw.Storage.Webhooks;

/// <summary>Chooses of the webhooks that are due, in their order: a few for each host, none for one that is busy.</summary>
internal sealed class HostShares(WebhookClaim claim)
{
    private readonly Dictionary<string, int> taken = new(StringComparer.Ordinal);
    private int all;

    /// <summary>True once all that may be claimed is.</summary>
    public bool IsFull => all >= claim.Most;

    /// <summary>True for one that is claimed; it is counted then.</summary>
    public bool TryTake(string host)
    {
        var ofHost = taken.GetValueOrDefault(host);
        if (IsFull || ofHost >= claim.MostPerHost || claim.BusyHosts.Contains(host)) return false;
        taken[host] = ofHost + 1;
        all++;
        return true;
    }
}
