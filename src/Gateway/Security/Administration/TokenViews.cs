using OpenClaw.Gateway.Security.Access;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.Protocol.Security;

namespace OpenClaw.Gateway.Security.Administration;

/// <summary>A token as the wire shows it. Pure.</summary>
internal static class TokenViews
{
    /// <param name="token">The token as the cluster has it.</param>
    /// <param name="now">The time that tokens end by.</param>
    /// <param name="usedHere">When it was last let in at this gateway, of which the cluster may not know yet; null: not lately.</param>
    public static TokenView ToView(KnownToken token, DateTimeOffset now, DateTimeOffset? usedHere)
    {
        var record = token.Record;
        return new TokenView
        {
            Id = record.TokenId,
            Role = TokenText.FormatRole(token.Role),
            Name = record.Name,
            Status = record.Revoked || (record.Person is not null && token.Standing?.Person is null) ? "revoked"
                : !record.IsAlive(now) ? "expired" : token.IsStanding ? "active" : "suspended",
            Person = record.Person?.Name,
            Scopes = ScopeTable.FormatNames(token.Rights.Scopes),
            Narrowing = token.Rights.Narrowing?.ToView(),
            RequestsPerMinute = token.Rights.RequestsPerMinute,
            MaxQueued = token.Rights.MaxQueued,
            MaxRunning = token.Rights.MaxRunning,
            CreatedAt = record.CreatedAt.ToUnixTimeMilliseconds(),
            CreatedBy = record.CreatedBy,
            ExpiresAt = record.ExpiresAt?.ToUnixTimeMilliseconds(),
            RevokedAt = record.RevokedAt?.ToUnixTimeMilliseconds(),
            RevokedBy = record.RevokedBy,
            RevokedReason = record.RevokedReason,
            Worker = record.Identity?.Worker,
            RotatedAt = record.RotatedAt?.ToUnixTimeMilliseconds(),
            OldSecretUntil = now < record.PreviousUntil ? record.PreviousUntil?.ToUnixTimeMilliseconds() : null,
            LastUsedAt = TokenUseTiming.GetLatest(record.LastUsedAt, usedHere)?.ToUnixTimeMilliseconds(),
            Version = record.Version,
        };
    }
}
