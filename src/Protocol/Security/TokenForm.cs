using System.Globalization;

namespace OpenClaw.Protocol.Security;

/// <summary>What the text of a token says about it, without asking anybody whether it is valid.</summary>
public enum TokenJudgement
{
    /// <summary>No <c>ocl_</c> in it: the shared token of the compatible mode may have any form.</summary>
    OfAnyForm,
    /// <summary>Too short or too long, or with something in front of it: not copied as a whole.</summary>
    NotWhole,
    /// <summary>As long as a token, and its checksum does not fit: a typing error.</summary>
    Mistyped,
    /// <summary>Well-formed, of a client.</summary>
    Client,
    /// <summary>Well-formed, of a worker.</summary>
    Worker,
    /// <summary>Well-formed, of an administrator.</summary>
    Admin,
    /// <summary>Well-formed, to join with.</summary>
    Join,
}

/// <summary>
/// The form of a token: <c>ocl_kind_id_secret</c> and a CRC-32 of all that as eight hexadecimal digits, so that a typing error is told
/// without asking the server.
/// </summary>
public static class TokenForm
{
    /// <summary>How every token begins.</summary>
    public const string Prefix = "ocl_";
    /// <summary>Characters of the public id.</summary>
    public const int IdLength = 10;
    /// <summary>Characters of the secret.</summary>
    public const int SecretLength = 43;
    /// <summary>Characters of the whole.</summary>
    public const int Length = CrcStart + 8;
    /// <summary>Kind of a client's token.</summary>
    public const string ClientKind = "cli";
    /// <summary>Kind of a worker's token.</summary>
    public const string WorkerKind = "wrk";
    /// <summary>Kind of an administrator's token.</summary>
    public const string AdminKind = "adm";
    /// <summary>Kind of a join token.</summary>
    public const string JoinKind = "jnt";
    /// <summary>Characters an id is made of.</summary>
    public const string IdAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
    /// <summary>Characters a secret is made of.</summary>
    public const string SecretAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// <summary>Where the id begins.</summary>
    public const int IdStart = 8;

    private const int SecretStart = IdStart + IdLength + 1;
    private const int CrcStart = SecretStart + SecretLength;
    private static readonly uint[] CrcTable = CreateCrcTable();

    /// <summary>Whether it is whole, and whose it says it is.</summary>
    public static TokenJudgement JudgeText(ReadOnlySpan<char> token)
    {
        if (token.IndexOf(Prefix) is var at && at < 0) return TokenJudgement.OfAnyForm;
        if (at > 0 || token.Length != Length) return TokenJudgement.NotWhole;
        if (!TryParse(token, out var kind, out _, out _)) return TokenJudgement.Mistyped;
        return kind switch
        {
            ClientKind => TokenJudgement.Client,
            WorkerKind => TokenJudgement.Worker,
            JoinKind => TokenJudgement.Join,
            _ => TokenJudgement.Admin,
        };
    }

    /// <summary>True for a text of the form with a kind that is known and a right checksum.</summary>
    public static bool TryParse(
        ReadOnlySpan<char> token, out ReadOnlySpan<char> kind, out ReadOnlySpan<char> id, out ReadOnlySpan<char> secret)
    {
        kind = id = secret = default;
        if (token.Length != Length || !token.StartsWith(Prefix) || token[7] != '_' || token[SecretStart - 1] != '_') return false;
        kind = token[4..7];
        id = token.Slice(IdStart, IdLength);
        secret = token.Slice(SecretStart, SecretLength);
        return kind is ClientKind or WorkerKind or AdminKind or JoinKind
            && !id.ContainsAnyExcept(IdAlphabet)
            && !secret.ContainsAnyExcept(SecretAlphabet)
            && uint.TryParse(token[CrcStart..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var crc)
            && crc == ComputeChecksum(token[..CrcStart]);
    }

    /// <summary>CRC-32 (IEEE 802.3) of ASCII text.</summary>
    public static uint ComputeChecksum(ReadOnlySpan<char> text)
    {
        var crc = uint.MaxValue;
        foreach (var c in text) crc = CrcTable[(byte)(crc ^ c)] ^ (crc >> 8);
        return ~crc;
    }

    private static uint[] CreateCrcTable()
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
