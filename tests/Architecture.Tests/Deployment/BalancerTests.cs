using System.Text.RegularExpressions;

namespace OpenClaw.Architecture.Tests.Deployment;

/// <summary>The balancer's configuration against what the gateway expects of it.</summary>
public sealed partial class BalancerTests
{
    private static readonly string Rules = Comment().Replace(House.Read("deploy/Caddyfile"), "");

    [Fact]
    public void It_asks_for_the_gateways_addresses_again_and_takes_them_by_turns()
    {
        Assert.Matches(@"dynamic a \{\s+name gateway\s+port 3456\s+refresh \d+m?s\s", Rules);
        Assert.Contains("lb_policy round_robin", Rules, StringComparison.Ordinal);
        Assert.Contains("lb_try_duration", Rules, StringComparison.Ordinal);
    }

    [Fact]
    public void It_speaks_to_the_port_the_gateway_listens_on() =>
        Assert.Equal("3456", Compose.Services(Compose.Main)["gateway"]["environment"]["WORKER_PORT"].Text);

    /// <summary>
    /// With <c>flush_interval -1</c> the gateway is not told that a client has gone: a dead worker's held poll would be given a task.
    /// Buffers of bodies are shared among requests after a failed try in some versions.
    /// </summary>
    [Theory, InlineData("flush_interval"), InlineData("request_buffers"), InlineData("buffer_requests"), InlineData("response_buffers")]
    public void It_holds_nothing_back_and_hides_no_client_that_has_gone(string setting) =>
        Assert.DoesNotContain(setting, Rules, StringComparison.Ordinal);

    /// <summary>Polls are held for a minute, waits for five, and output flows for hours.</summary>
    [Theory, InlineData("read_body"), InlineData("\twrite "), InlineData("read_timeout"), InlineData("write_timeout"),
     InlineData("response_header_timeout")]
    public void It_ends_no_long_answer(string setting) => Assert.DoesNotContain(setting, Rules, StringComparison.Ordinal);

    /// <summary>One place knows the limits: the gateway, whose refusal says which.</summary>
    [Fact]
    public void It_leaves_the_limits_of_bodies_to_the_gateway() => Assert.DoesNotContain("max_size", Rules, StringComparison.Ordinal);

    [Fact]
    public void A_body_goes_to_a_gateway_that_was_there_a_moment_ago()
    {
        Assert.Contains("rewrite /healthz", Rules, StringComparison.Ordinal);
        Assert.Contains("reverse_proxy {http.vars.gateway}", Rules, StringComparison.Ordinal);
    }

    [Theory, InlineData("/healthz"), InlineData("/readyz"), InlineData("/metrics")]
    public void What_is_for_the_inside_stays_there(string route) =>
        Assert.Contains(route, Rules.Split('\n').Single(line => line.Contains("@inside path", StringComparison.Ordinal)),
            StringComparison.Ordinal);

    [Fact]
    public void It_believes_no_client_about_its_address() => Assert.DoesNotContain("trusted_proxies", Rules, StringComparison.Ordinal);

    [Fact]
    public void Its_variables_are_given_to_it() => House.None(Compose.Variables(Rules)
        .Except(Compose.Services(Compose.Main)["balancer"]["environment"].Children.Keys));

    [GeneratedRegex(@"#.*$", RegexOptions.Multiline)]
    private static partial Regex Comment();
}
