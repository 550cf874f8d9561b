using CsCheck;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Protocol.Tests;

public sealed class NamesTests
{
    [Fact]
    public void A_name_is_exactly_what_its_pattern_says() =>
        Gen.String[Gen.Char["abz09-_:AZé,"], 0, 70].Sample(text =>
            Assert.Equal(System.Text.RegularExpressions.Regex.IsMatch(text, @"\A[a-z0-9][a-z0-9-]{0,62}\z"), Names.IsName(text)));

    [Theory]
    [InlineData("plain ä 漢字 🦞", true)]
    [InlineData("tab\there", true)]
    [InlineData("nul\0", false)]
    public void Text_is_what_every_system_can_hold(string text, bool fine) => Assert.Equal(fine, FieldRules.IsText(text));

    [Fact]
    public void Half_a_surrogate_pair_is_no_text() =>
        Assert.All([$"half {(char)0xD83E}", $"{(char)0xDD9E} half", $"{(char)0xDD9E}{(char)0xD83E}"], half =>
        Assert.False(FieldRules.IsText(half)));

    [Theory]
    [InlineData("漢字 🦞 ä", true)]
    [InlineData("line\nbreak", false)]
    [InlineData("bidi \u202e", false)]
    [InlineData("isolate \u2066", false)]
    [InlineData("zero width \u200b", false)]
    [InlineData("joiner \u200d", false)]
    [InlineData("separator \u2028", false)]
    [InlineData("private \ue000", false)]
    public void Printable_text_is_seen(string text, bool fine) => Assert.Equal(fine, FieldRules.IsPrintable(text));

    [Fact]
    public void Text_never_throws() => Gen.String[Gen.Char, 0, 50].Sample(text => FieldRules.IsText(text) || !FieldRules.IsPrintable(text));
}
