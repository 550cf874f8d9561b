using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using OpenClaw.Protocol.Security;

namespace OpenClaw.Gateway.Security;

/// <summary>Makes tokens of the form <see cref="TokenForm"/> has, and reads role, id and secret from them.</summary>
internal static class TokenText
{
    /// <summary>A new token of a role; its id and secret are in it.</summary>
    public static string Create(Roles role) =>
        Create(role, RandomNumberGenerator.GetString(TokenForm.IdAlphabet, TokenForm.IdLength));

    /// <summary>The same with an id that is known: another secret of it.</summary>
    public static string Create(Roles role, string id)
    {
        // 43 digits of base 62: 256 bits.
        var secret = RandomNumberGenerator.GetString(TokenForm.SecretAlphabet, TokenForm.SecretLength);
        var head = $"{TokenForm.Prefix}{GetKind(role)}_{id}_{secret}";
        return head + TokenForm.ComputeChecksum(head).ToString("x8", CultureInfo.InvariantCulture);
    }

    /// <summary>True for a text of the form with a right checksum. Touches nothing but the text.</summary>
    public static bool TryParse(ReadOnlySpan<char> token, out ReadOnlySpan<char> id, out ReadOnlySpan<char> secret, out Roles role)
    {
        var wellFormed = TokenForm.TryParse(token, out var kind, out id, out secret);
        role = ParseKind(kind);
        return wellFormed;
    }

    /// <summary>SHA-256 of a secret's text, 32 bytes.</summary>
    public static void HashSecret(ReadOnlySpan<char> secret, Span<byte> hash)
    {
        Span<byte> text = stackalloc byte[TokenForm.SecretLength];
        Encoding.ASCII.GetBytes(secret, text);
        SHA256.HashData(text, hash);
    }

    /// <summary>Name of a role in the store and in the tokens file.</summary>
    public static string FormatRole(Roles role) => role switch
    {
        Roles.Client => TokenRoles.Client,
        Roles.Worker => TokenRoles.Worker,
        Roles.Admin => TokenRoles.Admin,
        Roles.Join => TokenRoles.Join,
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, "not one role"),
    };

    /// <summary>The role of a name; none when it is no role's.</summary>
    public static Roles ParseRole(string? name) => name switch
    {
        TokenRoles.Client => Roles.Client,
        TokenRoles.Worker => Roles.Worker,
        TokenRoles.Admin => Roles.Admin,
        TokenRoles.Join => Roles.Join,
        _ => Roles.None,
    };

    private static string GetKind(Roles role) => role switch
    {
        Roles.Client => TokenForm.ClientKind,
        Roles.Worker => TokenForm.WorkerKind,
        Roles.Admin => TokenForm.AdminKind,
        Roles.Join => TokenForm.JoinKind,
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, "not one role"),
    };

    private static Roles ParseKind(ReadOnlySpan<char> kind) => kind switch
    {
        TokenForm.ClientKind => Roles.Client,
        TokenForm.WorkerKind => Roles.Worker,
        TokenForm.AdminKind => Roles.Admin,
        TokenForm.JoinKind => Roles.Join,
        _ => Roles.None,
    };
}
