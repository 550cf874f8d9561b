using System.Security.Cryptography;
using System.Text;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Security.Access;

namespace OpenClaw.Gateway.Tasks;

/// <summary>Makes and reads the ids of tasks.</summary>
internal static class TaskIds
{
    /// <summary>An id in the one form we write; anything else names no task.</summary>
    public static bool TryParse(string? text, out Guid id)
    {
        id = default;
        return text is { Length: 36 } && Guid.TryParseExact(text, "D", out id);
    }

    /// <summary>
    /// The same for a caller. A token that sees only some tasks, or nothing of what they are, has keys of its own: whether a key is in use
    /// for another one, and with which body, it can't tell.
    /// </summary>
    public static Guid FromKey(Caller caller, string key) =>
        FromKey(caller.Rights.Narrowing is null && caller.SeesPayloads() ? caller.Tenant : $"{caller.Tenant}\n{caller.TokenId}", key);

    /// <summary>The id that an idempotency key decides: the same for every repeat, a UUIDv8.</summary>
    public static Guid FromKey(string tenant, string key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{tenant}\n{key}"), hash);
        hash[6] = (byte)(0x80 | (hash[6] & 0x0F));
        hash[8] = (byte)(0x80 | (hash[8] & 0x3F));
        return new Guid(hash[..16], bigEndian: true);
    }
}
