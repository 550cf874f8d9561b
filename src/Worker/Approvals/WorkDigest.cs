using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using OpenClaw.Protocol.Attempts;

namespace OpenClaw.Worker.Approvals;

/// <summary>
/// What a yes is bound to: SHA-256 over everything that decides what runs and comes from outside. Each part goes in with its length before
/// it (8 bytes, big-endian), so that no two different tasks have the same bytes: the words <c>openclaw-approval-1</c>, the worker's name,
/// the kind, the payload's exact bytes (its <c>cwd</c> and <c>env</c> are in it), and the folder that relative paths start from. Where the
/// files that would run are known, they are a sixth part, and the first says <c>openclaw-approval-2</c>.
/// </summary>
internal static class WorkDigest
{
    private const string Format = "openclaw-approval-1";
    private const string FormatWithFiles = "openclaw-approval-2";

    /// <param name="offer">The task.</param>
    /// <param name="worker">This worker's name.</param>
    /// <param name="folder">Where relative paths start.</param>
    /// <param name="files">What the yes is bound to besides, as <see cref="Binding.WorkBinding.Text"/>; empty: nothing.</param>
    public static string ComputeHash(Offer offer, string worker, string folder, string files = "") =>
        ComputeHash(offer.Kind, GetPayloadBytes(offer), worker, folder, files);

    public static string ComputeHash(string kind, ReadOnlySpan<byte> payload, string worker, string folder, string files = "")
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        AddPart(hash, Encoding.UTF8.GetBytes(files.Length == 0 ? Format : FormatWithFiles));
        AddPart(hash, Encoding.UTF8.GetBytes(worker));
        AddPart(hash, Encoding.UTF8.GetBytes(kind));
        AddPart(hash, payload);
        AddPart(hash, Encoding.UTF8.GetBytes(folder));
        if (files.Length > 0) AddPart(hash, Encoding.UTF8.GetBytes(files));
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
