using System.Text;
using CsCheck;
using OpenClaw.Worker.Masking;

namespace OpenClaw.Worker.Tests.Masking;

public sealed class StreamMaskerTests
{
    private const string Secret = "hunter2-correct/horse";

    /// <summary>More of them with <c>CsCheck_Iter</c>.</summary>
    private static readonly long Cases = Environment.GetEnvironmentVariable("CsCheck_Iter") is null ? 1_000 : -1;

    [Fact]
    public void Bytes_without_a_secret_pass_unchanged_and_are_not_copied()
    {
        var masker = new StreamMasker();
        var bytes = "nothing to see here\n"u8.ToArray();
        var passed = masker.MaskNext(bytes, Compile(Secret));
        Assert.True(passed.Overlaps(bytes, out var offset) && offset == 0 && passed.Length == bytes.Length);
        Assert.Equal((0, 0L), (masker.Held, masker.Shrunk));
    }

    [Fact]
    public void A_secret_is_masked_wherever_its_bytes_are_cut()
    {
        for (var cut = 0; cut <= Secret.Length; cut++)
            Assert.Equal("a *** b", MaskPieces(Compile(Secret), "a " + Secret[..cut], Secret[cut..] + " b"));
    }

    [Fact]
    public void What_is_no_beginning_of_a_secret_is_not_held()
    {
        var masker = new StreamMasker();
        Assert.Equal("Go on? [y/N] ", Text(masker.MaskNext("Go on? [y/N] "u8, Compile(Secret))));
        Assert.Equal("x ", Text(masker.MaskNext("x hunt"u8, Compile(Secret))));
        Assert.Equal("hunting", Text(masker.MaskNext("ing"u8, Compile(Secret))));
    }

    [Fact]
    public void Secrets_that_overlap_or_touch_are_one_mask()
    {
        var patterns = Compile("abcdefgh1", "gh1zyxwvu");
        Assert.Equal("<***>", MaskPieces(patterns, "<abcdef", "gh1zy", "xwvu>"));
        Assert.Equal("<***>", MaskPieces(patterns, "<abcdefgh1", "abcdefgh1>"));
        Assert.Equal("<***-***>", MaskPieces(patterns, "<abcdefgh1", "-", "abcdefgh1>"));
    }

    [Fact]
    public void A_secret_within_the_beginning_of_a_longer_one_is_masked_in_both_cases()
    {
        var patterns = Compile("12cdefghij", "abX12cdefghijYZ");
        Assert.Equal("***", MaskPieces(patterns, "abX12cdefghij", "YZ"));
        Assert.Equal("abX***Y?", MaskPieces(patterns, "abX12cdefghij", "Y?"));
    }

    [Fact]
    public void The_beginning_of_a_secret_that_is_cut_off_by_the_end_is_masked_from_eight_bytes_on()
    {
        Assert.Equal("a ***", MaskPieces(Compile(Secret), "a " + Secret[..^1]));
        Assert.Equal("a ***", MaskPieces(Compile(Secret), "a " + Secret[..8]));
        Assert.Equal("a " + Secret[..7], MaskPieces(Compile(Secret), "a " + Secret[..7]));
    }

    [Fact]
    public void The_end_of_a_secret_behind_a_cut_is_masked()
    {
        var (masker, patterns, text) = (new StreamMasker(), Compile(Secret), new StringBuilder());
        text.Append(Text(masker.MaskNext(Encoding.UTF8.GetBytes("a " + Secret[..10]), patterns)));
        text.Append(Text(masker.MaskLast(patterns))).Append('|');
        masker.MarkCut();
        text.Append(Text(masker.MaskNext(Encoding.UTF8.GetBytes(Secret[^9..] + " b"), patterns)));
        Assert.Equal("a ***|*** b", text.ToString());
        Assert.Equal("*** b", Text(StreamMasker.MaskWhole(Encoding.UTF8.GetBytes(Secret[^9..] + " b"), patterns)));
    }

    [Fact]
    public void A_few_held_bytes_are_given_when_somebody_waits_and_the_mask_behind_them_is_so_much_shorter()
    {
        var (masker, patterns) = (new StreamMasker(), Compile(Secret));
        Assert.Equal("> ", Text(masker.MaskNext("> hu"u8, patterns)));
        Assert.Equal("hu", Text(masker.ReleaseShort()));
        Assert.Equal("", Text(masker.ReleaseShort()));
        Assert.Equal("* b", Text(masker.MaskNext(Encoding.UTF8.GetBytes(Secret[2..] + " b"), patterns)));
        Assert.Equal("", Text(masker.MaskNext("hun"u8, patterns)));
        Assert.Equal("hun", Text(masker.ReleaseShort()));
        Assert.Equal("ger", Text(masker.MaskNext("ger"u8, patterns)));
    }

    [Fact]
    public void More_than_a_few_held_bytes_are_not_given_however_long_somebody_waits()
    {
        var (masker, patterns) = (new StreamMasker(), Compile(Secret));
        Assert.Equal("", Text(masker.MaskNext("hunt"u8, patterns)));
        Assert.False(masker.HoldsShort);
        Assert.Equal("", Text(masker.ReleaseShort()));
        Assert.Equal("hunt", Text(masker.MaskLast(patterns)));
    }

    /// <summary>Secrets and texts of few letters, so that all sorts of overlaps happen, cut anywhere.</summary>
    [Fact]
    public void Any_text_cut_anywhere_gives_what_the_whole_gives_and_no_form_of_a_secret()
    {
        var letter = Gen.Char["ab01/+'\"\\ %é\n$"];
        var secret = Gen.String[letter, 8, 14];
        var gen = Gen.Select(secret.Array[1, 3], Gen.Int[0, 1_000_000].Array[0, 12], Gen.Int[0, 12].Array[0, 60]);
        gen.Sample(
            (secrets, picks, cuts) =>
            {
                var patterns = SecretPatterns.Compile(secrets.ToHashSet());
                byte[][] forms = [.. secrets.SelectMany(SecretEncodings.ListForms)];
                var text = BuildText(secrets, forms, picks);
                var (pieces, released) = MaskInPieces(patterns, text, cuts);
                var expected = MaskSlowly(forms, text);
                Assert.Equal(expected.Length, pieces.Length);
                if (released) return;
                Assert.Equal(Show(expected), Show(pieces));
                Assert.DoesNotContain(forms, form => pieces.AsSpan().IndexOf(form) >= 0);
            },
            iter: Cases);
    }

    private static byte[] BuildText(string[] secrets, byte[][] forms, int[] picks)
    {
        var text = new List<byte>();
        foreach (var pick in picks)
        {
            var form = forms[pick % forms.Length];
            text.AddRange((pick / 1000 % 5) switch
            {
                0 => form,
                1 => form[..(pick % (form.Length + 1))],
                2 => form[(pick % form.Length)..],
                3 => Encoding.UTF8.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes(new string('x', pick % 4) + secrets[0] + "yz"))),
                _ => Encoding.UTF8.GetBytes("ab0/+ x"[..(pick % 7)]),
            });
        }
        return [.. text];
    }

    /// <summary>A cut of 0 lets the few held bytes go, where there are some.</summary>
    private static (byte[] Text, bool Released) MaskInPieces(SecretPatterns patterns, byte[] text, int[] cuts)
    {
        var (masker, output, at, released) = (new StreamMasker(), new List<byte>(), 0, false);
        foreach (var cut in cuts)
        {
            var end = Math.Min(at + cut, text.Length);
            if (cut == 0)
            {
                released |= masker.HoldsShort;
                output.AddRange(masker.ReleaseShort());
            }
            output.AddRange(masker.MaskNext(text.AsSpan(at, end - at), patterns));
            at = end;
        }
        output.AddRange(masker.MaskNext(text.AsSpan(at), patterns));
        output.AddRange(masker.MaskLast(patterns));
        Assert.Equal(text.Length - output.Count, masker.Shrunk);
        return ([.. output], released);
    }

    /// <summary>What is right, by looking at every place for every form.</summary>
    private static byte[] MaskSlowly(byte[][] forms, byte[] text)
    {
        var isSecret = new bool[text.Length];
        for (var at = 0; at < text.Length; at++)
        {
            foreach (var form in forms)
            {
                var rest = text.AsSpan(at);
                var cutOff = rest.Length >= SecretPatterns.KeyLength && rest.Length < form.Length && form.AsSpan().StartsWith(rest);
                if (cutOff || rest.StartsWith(form)) isSecret.AsSpan(at, Math.Min(form.Length, rest.Length)).Fill(true);
            }
        }
        var output = new List<byte>();
        for (var at = 0; at < text.Length; at++)
        {
            if (!isSecret[at]) output.Add(text[at]);
            else if (at == 0 || !isSecret[at - 1]) output.AddRange("***"u8);
        }
        return [.. output];
    }

    private static string MaskPieces(SecretPatterns patterns, params string[] pieces)
    {
        var (masker, text) = (new StreamMasker(), new StringBuilder());
        foreach (var piece in pieces)
            text.Append(Text(masker.MaskNext(Encoding.UTF8.GetBytes(piece), patterns)));
        return text.Append(Text(masker.MaskLast(patterns))).ToString();
    }

    private static SecretPatterns Compile(params string[] secrets) => SecretPatterns.Compile(secrets.ToHashSet());

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    private static string Show(byte[] bytes) => Encoding.Latin1.GetString(bytes);
}
