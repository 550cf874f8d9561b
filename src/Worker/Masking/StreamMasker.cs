using System.Buffers;

namespace OpenClaw.Worker.Masking;

/// <summary>
/// Masks secrets in bytes that come in pieces. What it gives depends on the bytes alone, not on how they were cut: a log that is read
/// again gives the same again, at the same offsets. Secrets that overlap or touch become one mask. Not safe for two threads.
/// </summary>
internal sealed class StreamMasker
{
    private readonly ArrayBufferWriter<byte> output = new();
    private readonly List<(int Start, int End)> secrets = [];
    private byte[] work = [];
    /// <summary>First bytes of what is held that belong to a secret whose mask was given already.</summary>
    private int covered;
    /// <summary>First bytes of what is held that were given already, by <see cref="ReleaseShort"/>.</summary>
    private int released;
    /// <summary>What was given last, or would have been, is a mask.</summary>
    private bool endsInMask;
    private bool followsCut;
    private long taken;
    private long given;

    /// <summary>What stands for a secret.</summary>
    public static ReadOnlySpan<byte> Mask => "***"u8;

    /// <summary>Bytes that may be the beginning of a secret and wait for more.</summary>
    public int Held { get; private set; }

    /// <summary>A few bytes are held that nobody has seen, so few that they tell nothing.</summary>
    public bool HoldsShort => Held > released && Held <= Mask.Length && covered == 0 && !endsInMask;

    /// <summary>By how much what was given is shorter than what was taken. 0 and nothing held: nothing was masked.</summary>
    public long Shrunk => taken - given;

    /// <summary>Takes bytes and gives what is certain now; good until the next call.</summary>
    public ReadOnlySpan<byte> MaskNext(ReadOnlySpan<byte> bytes, SecretPatterns patterns) => ProcessBytes(bytes, patterns, isLast: false);

    /// <summary>
    /// Nothing follows: gives what is held. The beginning of a secret that was cut off there is masked from
    /// <see cref="SecretPatterns.KeyLength"/> bytes on.
    /// </summary>
    public ReadOnlySpan<byte> MaskLast(SecretPatterns patterns) => ProcessBytes([], patterns, isLast: true);

    /// <summary>A whole text, of which beginning and end may have been cut off.</summary>
    public static byte[] MaskWhole(ReadOnlySpan<byte> text, SecretPatterns patterns)
    {
        var masker = new StreamMasker { followsCut = true };
        return [.. masker.ProcessBytes(text, patterns, isLast: true)];
    }

    /// <summary>Bytes are missing between what was taken and what comes next, which may begin within a secret.</summary>
    public void MarkCut() => (followsCut, endsInMask) = (true, false);

    /// <summary>
    /// Gives the few bytes that <see cref="HoldsShort"/> tells of, for whoever waits for them. If a secret follows after all, its mask is
    /// by so much shorter: the offsets behind it stay the same.
    /// </summary>
    public ReadOnlySpan<byte> ReleaseShort()
    {
        if (!HoldsShort) return [];
        var more = work.AsSpan(released, Held - released);
        released = Held;
        given += more.Length;
        return more;
    }

    private ReadOnlySpan<byte> ProcessBytes(ReadOnlySpan<byte> bytes, SecretPatterns patterns, bool isLast)
    {
        taken += bytes.Length;
        var text = Held == 0 ? bytes : JoinHeld(bytes);
        var hold = FindSecrets(text, patterns, isLast);
        var isUntouched = Held == 0 && secrets.Count == 0;
        var result = isUntouched ? bytes[..hold] : WriteDecided(text[..hold]);
        if (isUntouched && hold > 0) endsInMask = false;
        HoldRest(text, hold);
        given += result.Length;
        return result;
    }

    /// <summary>Fills <see cref="secrets"/>, in order and joined; returns how much of the text no secret can begin in any more.</summary>
    private int FindSecrets(ReadOnlySpan<byte> text, SecretPatterns patterns, bool isLast)
    {
        secrets.Clear();
        if (covered > 0) secrets.Add((0, covered));
        if (patterns.IsEmpty) return text.Length;
        if (followsCut && text.Length > 0)
        {
            followsCut = false;
            if (patterns.MatchEnding(text) is > 0 and var rest) AddSecret(0, rest);
        }
        var hold = text.Length;
        for (var at = patterns.FindCandidate(text, 0); at >= 0; at = patterns.FindCandidate(text, at + 1))
        {
            var (length, endsWithin) = patterns.MatchAt(text, at);
            if (endsWithin && isLast)
                length = text.Length - at;
            else if (endsWithin)
                hold = Math.Min(hold, at);
            if (length > 0) AddSecret(at, at + length);
        }
        return isLast ? hold : Math.Min(hold, patterns.FindBeginning(text));
    }

    private void AddSecret(int start, int end)
    {
        if (secrets.Count > 0 && secrets[^1] is var last && start <= last.End)
            secrets[^1] = (last.Start, Math.Max(last.End, end));
        else
            secrets.Add((start, end));
    }

    private ReadOnlySpan<byte> WriteDecided(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty) return [];
        output.ResetWrittenCount();
        var (at, ends) = (0, false);
        foreach (var (start, end) in secrets)
        {
            if (start >= text.Length) break;
            WritePlain(text, at, start);
            if (start > 0 || !endsInMask) output.Write(Mask[Math.Clamp(released - start, 0, Mask.Length)..]);
            at = Math.Min(end, text.Length);
            ends = at == text.Length;
        }
        WritePlain(text, at, text.Length);
        endsInMask = ends;
        return output.WrittenSpan;
    }

    private void WritePlain(ReadOnlySpan<byte> text, int from, int to)
    {
        from = Math.Max(from, released);
        if (from < to) output.Write(text[from..to]);
    }

    private void HoldRest(ReadOnlySpan<byte> text, int hold)
    {
        if (hold > 0) covered = Math.Max(0, secrets.FindLast(secret => secret.Start < hold).End - hold);
        released = Math.Max(0, released - hold);
        Held = text.Length - hold;
        if (Held == 0) return;
        if (work.Length < Held) work = new byte[Math.Max(Held, 256)];
        text[hold..].CopyTo(work);
    }

    private Span<byte> JoinHeld(ReadOnlySpan<byte> bytes)
    {
        var length = Held + bytes.Length;
        if (work.Length < length) Array.Resize(ref work, length);
        bytes.CopyTo(work.AsSpan(Held));
        return work.AsSpan(0, length);
    }
}
