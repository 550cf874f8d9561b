using System.Text;
using CsCheck;
using OpenClaw.Gateway.Output;

namespace OpenClaw.Gateway.Tests.Output;

public sealed class OutputTextTests
{
    [Fact]
    public void Text_is_the_same_however_it_was_cut_into_chunks() =>
        Gen.Select(Gen.String[Gen.OneOf(Gen.Char['a', 'f'], Gen.Const('ä'), Gen.Const('漢')), 0, 60], Gen.Int[1, 7]).Sample((text, size) =>
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            var output = new OutputText();
            for (var at = 0; at < bytes.Length; at += size) output.AppendChunk(at, bytes.AsSpan(at, Math.Min(size, bytes.Length - at)));
            Assert.Equal(text, output.FinishText(bytes.Length));
            Assert.False(output.Cut);
        });

    [Fact]
    public void A_cut_in_the_middle_is_marked_with_its_length()
    {
        var output = new OutputText();
        output.AppendChunk(0, "head"u8);
        output.AppendChunk(1_000_004, "tail"u8);

        Assert.Equal("head\n[... 1000000 bytes cut ...]\ntail", output.FinishText(1_000_008));
        Assert.True(output.Cut);
    }

    [Fact]
    public void What_was_printed_and_never_came_is_marked_at_the_end()
    {
        var output = new OutputText();
        output.AppendChunk(0, "head"u8);

        Assert.Equal("head\n[... 6 bytes cut ...]\n", output.FinishText(10));
    }

    [Fact]
    public void What_is_there_twice_is_told_once()
    {
        var output = new OutputText();
        output.AppendChunk(0, "abcd"u8);
        output.AppendChunk(2, "cdef"u8);
        output.AppendChunk(1, "b"u8);

        Assert.Equal("abcdef", output.FinishText(6));
        Assert.False(output.Cut);
    }

    [Fact]
    public void Broken_bytes_do_no_harm()
    {
        var output = new OutputText();
        output.AppendChunk(0, [0x61, 0xFF, 0x00, 0x62]);

        Assert.Equal("a\ufffd\0b", output.FinishText(4));
    }
}
