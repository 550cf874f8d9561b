using OpenClaw.Gateway.Security;

namespace OpenClaw.Gateway.Tests.Security;

public sealed class TokenTextTests
{
    public static TheoryData<int> Roles =>
        [(int)Gateway.Security.Roles.Client, (int)Gateway.Security.Roles.Worker, (int)Gateway.Security.Roles.Admin];

    [Theory, MemberData(nameof(Roles))]
    public void A_new_token_has_the_form_and_is_read_back(int role)
    {
        var token = TokenText.Create((Roles)role);

        Assert.Matches("^ocl_(cli|wrk|adm)_[a-z0-9]{10}_[0-9A-Za-z]{43}[0-9a-f]{8}$", token);
        Assert.True(TokenText.TryParse(token, out var id, out var secret, out var read));
        Assert.Equal((Roles)role, read);
        Assert.Equal(token[8..18], id.ToString());
        Assert.Equal(token[19..62], secret.ToString());
    }

    [Fact]
    public void Any_one_wrong_character_is_told_by_the_checksum()
    {
        var token = TokenText.Create(Gateway.Security.Roles.Client);
        for (var i = 0; i < token.Length; i++)
        {
            var other = token[i] == 'b' ? 'c' : 'b';
            var typo = string.Concat(token.AsSpan(0, i), other.ToString(), token.AsSpan(i + 1));
            Assert.False(TokenText.TryParse(typo, out _, out _, out _), $"at {i}");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("ocl_")]
    [InlineData("secret")]
    [InlineData("ocl_cli_aaaaaaaaaa_")]
    public void What_is_no_token_is_not_read(string text) => Assert.False(TokenText.TryParse(text, out _, out _, out _));

    [Fact]
    public void A_token_cut_or_prolonged_is_not_read()
    {
        var token = TokenText.Create(Gateway.Security.Roles.Worker);
        Assert.False(TokenText.TryParse(token.AsSpan(..^1), out _, out _, out _));
        Assert.False(TokenText.TryParse(token + "0", out _, out _, out _));
    }

    [Fact]
    public void Two_tokens_share_nothing()
    {
        var tokens = Enumerable.Range(0, 1000).Select(_ => TokenText.Create(Gateway.Security.Roles.Client)).ToArray();
        Assert.Equal(tokens.Length, tokens.Select(token => token[8..18]).Distinct().Count());
        Assert.Equal(tokens.Length, tokens.Select(token => token[19..62]).Distinct().Count());
    }
}
