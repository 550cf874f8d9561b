using CsCheck;
using OpenClaw.Gateway.Notifications;

namespace OpenClaw.Gateway.Tests.Notifications;

public sealed class MessagePartsTests
{
    [Fact]
    public void A_short_text_stays_whole() => Assert.Equal(["hello\n"], MessageParts.SplitText("hello\n"));

    [Fact]
    public void A_long_text_is_cut_at_a_line() =>
        Assert.Equal([new string('a', 1500) + "\n", new string('b', 1500)],
            MessageParts.SplitText(new string('a', 1500) + "\n" + new string('b', 1500)));

    [Fact]
    public void Blank_parts_are_left_out() => Assert.Empty(MessageParts.SplitText(new string('\n', 5000)));

    [Fact]
    public void Joined_the_parts_are_the_text_and_none_is_too_long() =>
        Gen.String[Gen.OneOf(Gen.Char['a', 'z'], Gen.Const('\n'), Gen.Const('漢')), 0, 7000].Sample(text =>
        {
            var shown = "x" + text.Replace('\n', 'n').Insert(text.Length / 2, "\n") + "x";
            var parts = MessageParts.SplitText(shown).ToArray();
            Assert.Equal(shown, string.Concat(parts));
            Assert.All(parts, part => Assert.InRange(part.Length, 1, MessageParts.Longest));
        });

    [Fact]
    public void A_character_is_never_cut_in_two()
    {
        var text = "a" + string.Concat(Enumerable.Repeat("🦞", 3000));

        Assert.All(MessageParts.SplitText(text), part => Assert.False(char.IsHighSurrogate(part[^1]) || char.IsLowSurrogate(part[0])));
    }
}
