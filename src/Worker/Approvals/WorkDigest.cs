using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using OpenClaw.Protocol.Attempts;

namespace OpenClaw.Worker.Approvals;

/// <summary>
/// What a yes is bound to: SHA-256 over everything that decides what runs and comes from outside. Each part goes in with its length before
/// it (8 bytes, big-endian), so that no two different tasks have the same bytes: the words <c>openclaw-approval-1</c>, the worker's name,
/// the kind, the payload's exact bytes (its <c>cwd</c> and <c>env</c> are in it), and the folder that relative paths start from.
/// </summary>
internal static class WorkDigest
{
    private const string Format = "openclaw-approval-1";

    public static string ComputeHash(Offer offer, string worker, string folder) =>
        ComputeHash(offer.Kind, GetPayloadBytes(offer), worker, folder);

    public static string ComputeHash(string kind, ReadOnlySpan<byte> payload, string worker, string folder)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        AddPart(hash, Encoding.UTF8.GetBytes(Format));
        AddPart(hash, Encoding.UTF8.GetBytes(worker));
        AddPart(hash, Encoding.UTF8.GetBytes(kind));
        AddPart(hash, payload);
        AddPart(hash, Encoding.UTF8.GetBytes(folder));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The payload as it came over the wire.</summary>
    public static byte[] GetPayloadBytes(Offer offer) => JsonMarshal.GetRawUtf8Value(offer.Payload).ToArray();

    private static void AddPart(IncrementalHash hash, ReadOnlySpan<byte> part)
    {
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(length, part.Length);
        hash.AppendData(length);
        hash.AppendData(part);
    }
}
