using System.Text;
using CsCheck;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Worker.Execution.Files;

namespace OpenClaw.Worker.Tests.Files;

public sealed class FileEditTests
{
    [Theory]
    [InlineData("one two three", "two", "2", "one 2 three")]
    [InlineData("two", "two", "", "")]
    [InlineData("a\r\nb\r\n", "a", "x", "x\r\nb\r\n")]
    [InlineData("\uFEFFname: a", "a\0", "x", null)]
    [InlineData("\uFEFFname: b", "b", "ü", "\uFEFFname: ü")]
    public void One_place_is_replaced_and_the_rest_stays(string content, string old, string fresh, string? expected) =>
        Assert.Equal(expected, Text(Apply(content, old, fresh)));

    [Theory]
    [InlineData("$&")]
    [InlineData("$1 $$ $` $'")]
    [InlineData("\\1 \\n ${name}")]
    public void Fault_11_the_new_text_is_literal(string fresh) => Assert.Equal($"a {fresh} c", Text(Apply("a (b) c", "(b)", fresh)));

    [Theory]
    [InlineData("a.c abc", "a.c", "x abc")]
    [InlineData("[x]* x", "[x]*", "x x")]
    public void Fault_11_the_old_text_is_literal(string content, string old, string expected) =>
        Assert.Equal(expected, Text(Apply(content, old, "x")));

    [Theory]
    [InlineData("abc", "", "old-text-empty")]
    [InlineData("abc", "x", "old-text-absent")]
    [InlineData("ab ab", "ab", "old-text-not-unique")]
    [InlineData("aaa", "aa", "old-text-not-unique")]
    public void An_edit_that_names_no_single_place_is_a_fault(string content, string old, string reason) =>
        Assert.Equal(reason, Apply(content, old, "y").Error!.Reason);

    [Fact]
    public void Half_a_surrogate_pair_is_a_fault() => Assert.Equal("bad-content", Apply("abc", "\ud800", "y").Error!.Reason);

    [Fact]
    public void Line_ends_that_differ_are_pointed_out() =>
        Assert.Contains("CRLF", Apply("a\r\nb", "a\nb", "x").Error!.Sentence, StringComparison.Ordinal);

    [Fact]
    public void All_places_are_replaced_when_asked()
    {
        var edited = Apply("ab-ab-ab", "ab", "abab", all: true);
        Assert.Equal("abab-abab-abab", Text(edited));
        Assert.Equal(3, edited.Replacements);
    }

    [Fact]
    public void Bytes_elsewhere_need_not_be_text()
    {
        var edited = FileEdit.Apply("f", [0xff, 0xfe, (byte)'a', 0x80], Payload("a", "b"));
        Assert.Equal([0xff, 0xfe, (byte)'b', 0x80], edited.Bytes);
    }

    [Fact]
    public void The_file_must_be_the_one_that_was_meant()
    {
        var right = RegularFile.ComputeSha256("abc"u8);
        Assert.NotNull(FileEdit.Apply("f", "abc"u8.ToArray(), Payload("b", "x") with { Sha256 = right.ToUpperInvariant() }).Bytes);
        Assert.Equal("file-changed", FileEdit.Apply("f", "abd"u8.ToArray(), Payload("b", "x") with { Sha256 = right }).Error!.Reason);
    }

    [Fact]
    public void Replacing_all_is_what_string_replace_does() =>
        Gen.Select(Gen.String[Gen.Char["abü"], 0, 30], Gen.String[Gen.Char["abü"], 1, 3], Gen.String[Gen.Char["abü$"], 0, 3])
            .Sample((content, old, fresh) =>
            {
                var edited = Apply(content, old, fresh, all: true);
                return content.Contains(old, StringComparison.Ordinal)
                    ? Text(edited) == content.Replace(old, fresh, StringComparison.Ordinal)
                    : edited.Error!.Reason == "old-text-absent";
            });

    private static EditedText Apply(string content, string old, string fresh, bool all = false) =>
        FileEdit.Apply("f", Encoding.UTF8.GetBytes(content), Payload(old, fresh) with { ReplaceAll = all });

    private static FileEditPayload Payload(string old, string fresh) => new() { Path = "f", OldString = old, NewString = fresh };

    private static string? Text(EditedText edited) => edited.Bytes is { } bytes ? Encoding.UTF8.GetString(bytes) : null;
}
