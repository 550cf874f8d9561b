using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace OpenClaw.Gateway.Security;

/// <summary>
/// The form of a token: <c>ocl_kind_id_secret</c> and a CRC-32 of all that as eight hex digits, so that a typing error is told
/// without asking the store.
/// </summary>
internal static class TokenText
{
    public const string Prefix = "ocl_";
    public const int IdLength = 10;
    public const int SecretLength = 43;
    private const int IdStart = 8;
    private const int SecretStart = IdStart + IdLength + 1;
    private const int CrcStart = SecretStart + SecretLength;
    public const int Length = CrcStart + 8;

    private const string IdAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
    private const string SecretAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static readonly uint[] CrcTable = MakeCrcTable();

    /// <summary>A new token of a role; its id and secret are in it.</summary>
    public static string Create(Roles role)
    {
        var head = $"{Prefix}{Kind(role)}_{RandomNumberGenerator.GetString(IdAlphabet, IdLength)}_{Secret()}";
        return head + Crc(head).ToString("x8", CultureInfo.InvariantCulture);
    }

    /// <summary>True for a text of the form with a right checksum. Touches nothing but the text.</summary>
    public static bool TryParse(ReadOnlySpan<char> token, out ReadOnlySpan<char> id, out ReadOnlySpan<char> secret, out Roles role)
    {
        id = secret = default;
        role = Roles.None;
        if (token.Length != Length || !token.StartsWith(Prefix) || token[7] != '_' || token[SecretStart - 1] != '_') return false;
        role = RoleOf(token[4..7]);
        id = token.Slice(IdStart, IdLength);
        secret = token.Slice(SecretStart, SecretLength);
        return role != Roles.None
            && !id.ContainsAnyExcept(IdAlphabet)
            && !secret.ContainsAnyExcept(SecretAlphabet)
            && uint.TryParse(token[CrcStart..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var crc)
            && crc == Crc(token[..CrcStart]);
    }

    /// <summary>SHA-256 of a secret's text, 32 bytes.</summary>
    public static void Hash(ReadOnlySpan<char> secret, Span<byte> hash)
    {
        Span<byte> text = stackalloc byte[SecretLength];
        Encoding.ASCII.GetBytes(secret, text);
        SHA256.HashData(text, hash);
    }

    /// <summary>Name of a role in the store and in the tokens file.</summary>
    public static string Name(Roles role) => role switch
    {
        Roles.Client => "client",
        Roles.Worker => "worker",
        Roles.Admin => "admin",
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, "not one role"),
    };

    private static string Kind(Roles role) => role switch
    {
        Roles.Client => "cli",
        Roles.Worker => "wrk",
        Roles.Admin => "adm",
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, "not one role"),
    };

    private static Roles RoleOf(ReadOnlySpan<char> kind) => kind switch
    {
        "cli" => Roles.Client,
        "wrk" => Roles.Worker,
        "adm" => Roles.Admin,
        _ => Roles.None,
    };

    /// <summary>256 random bits in base 62.</summary>
    private static string Secret()
    {
        Span<byte> random = stackalloc byte[32];
        RandomNumberGenerator.Fill(random);
        var rest = new BigInteger(random, isUnsigned: true);
        return string.Create(SecretLength, rest, static (text, number) =>
        {
            for (var i = text.Length - 1; i >= 0; i--)
            {
                number = BigInteger.DivRem(number, SecretAlphabet.Length, out var digit);
                text[i] = SecretAlphabet[(int)digit];
            }
        });
    }

    private static uint Crc(ReadOnlySpan<char> text)
    {
        var crc = uint.MaxValue;
        foreach (var c in text) crc = CrcTable[(byte)(crc ^ c)] ^ (crc >> 8);
        return ~crc;
    }

    private static uint[] MakeCrcTable()
    {
        var table = new uint[256];
        for (var i = 0u; i < table.Length; i++)
        {
            var crc = i;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            table[i] = crc;
        }
        return table;
    }
}
