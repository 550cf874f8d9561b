using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace OpenClaw.Gateway.Security.Enrolment;

/// <summary>
/// What a signed request has to name: a time of this server's and a code of it that only servers can make, so that any of them knows one,
/// none is remembered, and the clock of the PC does not matter. The key of the code changes with each that is used.
/// </summary>
internal static class Challenges
{
    /// <summary>So old, or so much ahead where the clocks of two servers differ, it may be.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private const int TimeBytes = 8;
    private const int CodeBytes = 16;

    /// <summary>A challenge for a key.</summary>
    public static string Create(byte[] challengeKey, string identity, DateTimeOffset now)
    {
        Span<byte> bytes = stackalloc byte[TimeBytes + CodeBytes];
        BinaryPrimitives.WriteInt64BigEndian(bytes, now.ToUnixTimeMilliseconds());
        ComputeCode(challengeKey, identity, bytes[..TimeBytes], bytes[TimeBytes..]);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>True for one that was made with this key for this identity, about now.</summary>
    public static bool IsGood(byte[] challengeKey, string identity, ReadOnlySpan<char> challenge, DateTimeOffset now)
    {
        Span<byte> bytes = stackalloc byte[TimeBytes + CodeBytes];
        if (!Base64Url.TryDecodeFromChars(challenge, bytes, out var length) || length != bytes.Length) return false;
        Span<byte> code = stackalloc byte[CodeBytes];
        ComputeCode(challengeKey, identity, bytes[..TimeBytes], code);
        var age = now.ToUnixTimeMilliseconds() - BinaryPrimitives.ReadInt64BigEndian(bytes);
        return CryptographicOperations.FixedTimeEquals(code, bytes[TimeBytes..])
            && age <= Window.TotalMilliseconds && age >= -Window.TotalMilliseconds;
    }

    private static void ComputeCode(byte[] challengeKey, string identity, ReadOnlySpan<byte> time, Span<byte> code)
    {
        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(challengeKey, [.. time, .. Encoding.UTF8.GetBytes(identity)], whole);
        whole[..CodeBytes].CopyTo(code);
    }
}
