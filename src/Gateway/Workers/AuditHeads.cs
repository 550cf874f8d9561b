using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Workers;

namespace OpenClaw.Gateway.Workers;

/// <summary>Ends of workers' own audit logs: as workers report them, and as the server answers what it has kept.</summary>
internal static class AuditHeads
{
    private static readonly AuditHead None = new(0, new string('0', Sha256Hex.Length));

    /// <summary>What a worker is answered; zero rows when it never reported any.</summary>
    public static AuditHead FromChainHead(ChainHead? head) => head is null ? None : new(head.Rows, head.Hash);

    public static void ValidateHead(string field, AuditHead? head, FieldErrors errors)
    {
        if (head is null) return;
        errors.RequireRange($"{field}.rows", head.Rows, 0, long.MaxValue);
        Sha256Hex.CheckLowerCase(errors, $"{field}.hash", head.Hash ?? "");
    }
}
