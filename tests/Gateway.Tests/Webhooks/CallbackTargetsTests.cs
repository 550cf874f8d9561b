using System.Net;
using Microsoft.Extensions.Options;
using OpenClaw.Gateway.Webhooks;
using OpenClaw.Gateway.Webhooks.Targets;

namespace OpenClaw.Gateway.Tests.Webhooks;

public sealed class CallbackTargetsTests
{
    [Theory]
    [InlineData("https://example.com/hook", null)]
    [InlineData("https://1.1.1.1/", null)]
    [InlineData("https://[2606:4700::1111]:8443/", null)]
    [InlineData("http://example.com/", "must be https")]
    [InlineData("https://127.0.0.1/", "a loopback address")]
    // The same in the spellings that programs know: they are one host to the parser.
    [InlineData("https://2130706433/", "a loopback address")]
    [InlineData("https://0x7f.1/", "a loopback address")]
    [InlineData("https://0177.0.0.1/", "a loopback address")]
    [InlineData("https://127.1/", "a loopback address")]
    [InlineData("https://127.0.0.1./", "a loopback address")]
    [InlineData("https://[::1]/", "a loopback address")]
    [InlineData("https://[::ffff:7f00:1]/", "a loopback address")]
    [InlineData("https://[64:ff9b::a9fe:a9fe]/latest/meta-data", "a link-local address")]
    [InlineData("https://169.254.169.254/", "a link-local address")]
    [InlineData("https://10.0.0.1/", "a private address")]
    [InlineData("https://[fd00::1]/", "a private address")]
    [InlineData("https://localhost/", "a loopback address")]
    [InlineData("https://LOCALHOST./", "a loopback address")]
    [InlineData("https://a.localhost/", "a loopback address")]
    public void A_url_is_judged_before_anything_is_looked_up(string url, string? refusal)
    {
        var found = Create(null).FindRefusal(new Uri(url));

        if (refusal is null) Assert.Null(found);
        else Assert.Contains(refusal, found, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:9000/")]
    [InlineData("http://[::ffff:127.0.0.1]:9000/")]
    [InlineData("http://10.1.2.3/")]
    [InlineData("http://ci.internal/")]
    [InlineData("http://CI.internal./")]
    [InlineData("http://a.b.hooks.internal/")]
    public void What_the_operator_names_is_allowed_in_plain_http_too(string url) =>
        Assert.Null(Create("127.0.0.1, 10.1.0.0/16,ci.internal,*.hooks.internal").FindRefusal(new Uri(url)));

    [Theory]
    [InlineData("http://127.0.0.2/")]
    [InlineData("http://[::ffff:1.1.1.1]/")]
    [InlineData("https://10.2.0.1/")]
    [InlineData("http://xci.internal/")]
    [InlineData("http://hooks.internal/")]
    [InlineData("https://localhost/")]
    public void And_nothing_beside_it(string url) =>
        Assert.NotNull(Create("fc00::/7,127.0.0.1, 10.1.0.0/16,ci.internal,*.hooks.internal").FindRefusal(new Uri(url)));

    [Fact]
    public void Of_the_addresses_of_a_host_those_are_chosen_that_are_public_or_allowed()
    {
        IPAddress[] found = [IPAddress.Parse("10.1.0.1"), IPAddress.Parse("1.1.1.1"), IPAddress.Parse("::1")];

        Assert.Equal(["1.1.1.1"], Choose(null, "a.example", found).Addresses);
        Assert.Equal(["10.1.0.1", "1.1.1.1"], Choose("10.1.0.0/16", "a.example", found).Addresses);
        Assert.Equal(["10.1.0.1", "1.1.1.1", "::1"], Choose("a.example", "a.example", found).Addresses);
        Assert.Equal("its host leads to a private address", Choose("a.example", "b.example", found[..1]).Refusal);
        Assert.Equal("its host has no address", Choose("a.example", "a.example", []).Refusal);
    }

    [Theory]
    [InlineData("10.0.0.0/33"), InlineData("a b"), InlineData("*"), InlineData("*.*.a"), InlineData("http://a/"), InlineData("a,,b/8")]
    public void A_list_with_a_part_that_means_nothing_is_refused(string text)
    {
        Assert.Null(AllowedHosts.Parse(text));
        Assert.True(new WebhookOptionsValidator().Validate(null, new() { Allow = text }).Failed);
    }

    private static (string[] Addresses, string? Refusal) Choose(string? allow, string host, IPAddress[] found)
    {
        var (addresses, refusal) = Create(allow).ChooseAddresses(host, found);
        return ([.. addresses.Select(address => address.ToString())], refusal);
    }

    private static CallbackTargets Create(string? allow) => new(Options.Create(new WebhookOptions { Allow = allow }));
}
