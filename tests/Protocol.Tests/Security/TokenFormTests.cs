using System.Globalization;
using OpenClaw.Protocol.Security;

namespace OpenClaw.Protocol.Tests.Security;

/// <summary>What is told of a token without asking a server.</summary>
public sealed class TokenFormTests
{
    private static readonly string Worker = Make("wrk");

    [Theory]
    [InlineData("cli", TokenJudgement.Client)]
    [InlineData("wrk", TokenJudgement.Worker)]
    [InlineData("adm", TokenJudgement.Admin)]
    [InlineData("xyz", TokenJudgement.Mistyped)]
    public void A_whole_one_says_whose_it_is(string kind, TokenJudgement judged) => Assert.Equal(judged, TokenForm.JudgeText(Make(kind)));

    [Fact]
    public void One_wrong_character_anywhere_is_told()
    {
        for (var i = TokenForm.Prefix.Length; i < Worker.Length; i++)
            Assert.Equal(TokenJudgement.Mistyped,
                TokenForm.JudgeText(string.Concat(Worker.AsSpan(0, i), Worker[i] == 'b' ? "c" : "b", Worker.AsSpan(i + 1))));
    }

    [Fact]
    public void One_cut_anywhere_or_copied_with_something_else_is_not_whole()
    {
        for (var length = TokenForm.Prefix.Length; length < Worker.Length; length++)
            Assert.Equal(TokenJudgement.NotWhole, TokenForm.JudgeText(Worker.AsSpan(0, length)));
        Assert.All([$"worker={Worker}", $"\"{Worker}\"", Worker + "0", Worker + Worker], text =>
            Assert.Equal(TokenJudgement.NotWhole, TokenForm.JudgeText(text)));
    }

    [Theory]
    [InlineData(""), InlineData("secret"), InlineData("OCL_wrk_x")]
    public void The_shared_one_of_the_compatible_mode_may_have_any_form(string text) =>
        Assert.Equal(TokenJudgement.OfAnyForm, TokenForm.JudgeText(text));

    /// <summary>The check value every description of CRC-32 has.</summary>
    [Fact]
    public void The_checksum_is_the_well_known_one() => Assert.Equal(0xCBF43926u, TokenForm.ComputeChecksum("123456789"));

    private static string Make(string kind)
    {
        var head = $"ocl_{kind}_abcdefgh01_{new string('S', TokenForm.SecretLength)}";
        return head + TokenForm.ComputeChecksum(head).ToString("x8", CultureInfo.InvariantCulture);
    }
}
