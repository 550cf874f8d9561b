using OpenClaw.Worker.Masking;
using OpenClaw.Worker.Policy.Rules;
using OpenClaw.Worker.Tests.Policy;

namespace OpenClaw.Worker.Tests.Masking;

public sealed class SecretValuesTests
{
    [Theory]
    [InlineData("GITHUB_TOKEN", true)]
    [InlineData("token", true)]
    [InlineData("AWS_SECRET_ACCESS_KEY", true)]
    [InlineData("PGPASSWORD", true)]
    [InlineData("DB_PASS", true)]
    [InlineData("PATH", false)]
    [InlineData("KEYBOARD", false)]
    [InlineData("TOKENIZERS_PARALLELISM", false)]
    [InlineData("DB_HOST", true)]
    [InlineData("GPG_KEY", false)]
    public void Which_variables_are_secret_says_their_name_and_the_owner(string name, bool expected)
    {
        var rules = new SecretRules
        {
            Names = [EnvironmentRules.CreateNamePattern("DB_*")], Except = [EnvironmentRules.CreateNamePattern("gpg_*")],
        };
        Assert.Equal(expected, rules.IsSecret(name));
    }

    [Theory]
    [InlineData("hunter2!", true)]
    [InlineData("correct-horse", true)]
    [InlineData("correcthorsebattery", true)]
    [InlineData("short1!", false)]
    [InlineData("disabled", false)]
    [InlineData("production", false)]
    [InlineData("00000000000000", false)]
    [InlineData("11223344", false)]
    [InlineData("", false)]
    public void A_short_word_is_not_masked(string value, bool expected) => Assert.Equal(expected, SecretValues.IsDistinctive(value));

    [Fact]
    public void A_value_of_several_lines_is_masked_line_by_line_but_for_what_every_key_has()
    {
        Assert.Equal(
            ["-----BEGIN KEY-----\nMIIabc123def\n  xyz456GHI78\r\n-----END KEY-----", "MIIabc123def", "xyz456GHI78"],
            Select("SSH_KEY", "-----BEGIN KEY-----\nMIIabc123def\n  xyz456GHI78\r\n-----END KEY-----\n"));
    }

    [Theory]
    [InlineData("postgres://ann:s3cret-pw@db/x", "s3cret-pw")]
    [InlineData("postgres://ann:s3cret%2Fpw@db/x", "s3cret%2Fpw s3cret/pw")]
    [InlineData("http://proxy:8080/a@b", "")]
    [InlineData("https://ann@host", "")]
    [InlineData("no address", "")]
    public void A_password_within_an_address_is_a_secret_whatever_the_variable_is_called(string value, string expected) =>
        Assert.Equal(expected, string.Join(' ', Select("DATABASE_URL", value).Distinct()));

    [Fact]
    public void The_owners_policy_names_more_secrets_and_fewer()
    {
        using var bench = new PolicyBench("""{ "secrets": { "names": ["DB_*"], "except": ["gpg_key"] } }""");
        var rules = bench.Keeper.Current.Secrets;
        Assert.Equal((true, false, true), (rules.IsSecret("db_host"), rules.IsSecret("GPG_KEY"), rules.IsSecret("MY_TOKEN")));
    }

    private static string[] Select(string name, string value) =>
        [.. SecretValues.Select([new KeyValuePair<string, string>(name, value)], new SecretRules())];
}
