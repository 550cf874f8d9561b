using System.Net;
using OpenClaw.Gateway.Requests;
using OpenClaw.Gateway.Tests.Hosting;

namespace OpenClaw.Gateway.Tests.Requests;

/// <summary>Whose word on a client's address counts; seen in the audit's note about a token in the query string.</summary>
public sealed class ForwardedAddressTests
{
    private const string Path = "/tasks?token=x";

    [Fact]
    public async Task A_trusted_proxy_is_believed_and_only_its_own_entry_is() =>
        Assert.Equal("192.0.2.7", await AddressInTheAudit("127.0.0.0/8", "203.0.113.9, 192.0.2.7"));

    [Theory, InlineData(""), InlineData("10.0.0.0/8")]
    public async Task Nobody_else_is_believed(string trusted) => Assert.Equal("127.0.0.1", await AddressInTheAudit(trusted, "192.0.2.7"));

    [Fact]
    public async Task A_proxy_that_says_nothing_is_the_client_itself() =>
        Assert.Equal("127.0.0.1", await AddressInTheAudit("127.0.0.1", null));

    [Theory, InlineData("nobody"), InlineData("not-an-address, 192.0.2.300"), InlineData("<script>")]
    public async Task What_is_no_address_is_none(string forwarded) =>
        Assert.Equal("127.0.0.1", await AddressInTheAudit("127.0.0.1", forwarded));

    [Theory]
    [InlineData("", 0)]
    [InlineData("10.0.0.0/8, 192.0.2.7,fd00::/8", 3)]
    [InlineData("::1", 1)]
    public void Networks_and_single_addresses_are_read(string text, int count) =>
        Assert.Equal(count, ForwardedAddress.ParseNetworks(text)!.Count);

    [Theory, InlineData("private"), InlineData("10.0.0.0/8,10.0.0.0/33"), InlineData("gateway")]
    public void What_is_no_network_is_refused(string text) => Assert.Null(ForwardedAddress.ParseNetworks(text));

    private static async Task<string?> AddressInTheAudit(string trusted, string? forwarded)
    {
        await using var gateway = await FaultyGateway.Start(options => options.TrustedProxies = ForwardedAddress.ParseNetworks(trusted)!);
        using var http = gateway.Http(null);
        using var request = new HttpRequestMessage(HttpMethod.Get, Path);
        if (forwarded is not null) request.Headers.TryAddWithoutValidation("X-Forwarded-For", forwarded);
        using var answer = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        return Assert.Single(gateway.Audit.Notes).Address;
    }
}
