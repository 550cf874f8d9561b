using CsCheck;
using OpenClaw.Worker.FileSystems;

namespace OpenClaw.Worker.Tests.Files;

public sealed class FileNameTests
{
    private static readonly byte[] Odd = [0xED, 0xB2, 0x80, 0xF0, 0x9F, 0x98, .. "\\xfa"u8];
    private static readonly Gen<byte[]> Names =
        Gen.OneOf(Gen.Byte, Gen.Int[0, Odd.Length - 1].Select(at => Odd[at])).Array[0, 12];

    [Fact]
    public void Any_bytes_come_back_from_their_string() =>
        Names.Sample(name => FileName.Encode(FileName.Decode(name)).AsSpan().SequenceEqual(name));

    [Fact]
    public void Different_bytes_have_different_strings() => Gen.Select(Names, Names)
        .Sample((one, other) => one.AsSpan().SequenceEqual(other) == (FileName.Decode(one) == FileName.Decode(other)));

    [Fact]
    public void An_escaped_name_is_text_and_comes_back() => Names.Sample(bytes =>
    {
        var name = FileName.Decode(bytes);
        var escaped = FileName.Escape(name);
        return FileName.IsText(escaped) && (FileName.IsText(name) ? escaped == name : FileName.Unescape(escaped) == name);
    });

    [Theory]
    [InlineData("plain"), InlineData("grün"), InlineData("😀"), InlineData("a\\b"), InlineData("")]
    public void Text_is_itself(string name)
    {
        Assert.Equal(System.Text.Encoding.UTF8.GetBytes(name), FileName.Encode(name));
        Assert.Equal(name, FileName.Decode(FileName.Encode(name)));
        Assert.Equal(name, FileName.Escape(name));
    }

    [Theory]
    [InlineData(@"\"), InlineData(@"\x"), InlineData(@"\x4"), InlineData(@"\xzz"), InlineData(@"\x41"), InlineData(@"\n")]
    public void What_is_not_escaped_by_us_is_none(string escaped) => Assert.Null(FileName.Unescape(escaped));
}
