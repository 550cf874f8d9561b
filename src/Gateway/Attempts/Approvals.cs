using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Gateway.Attempts;

/// <summary>The words of an approval, as the worker and the client send them.</summary>
internal static class Approvals
{
    public static ApprovalDecision ParseDecision(string field, string word, FieldErrors errors)
    {
        if (word == "approve") return ApprovalDecision.Approve;
        if (word != "reject") errors.Add(field, "must be approve or reject");
        return ApprovalDecision.Reject;
    }

    public static string ParseDigest(string field, string hex, FieldErrors errors)
    {
        Sha256Hex.CheckLowerCase(errors, field, hex);
        return hex;
    }
}
