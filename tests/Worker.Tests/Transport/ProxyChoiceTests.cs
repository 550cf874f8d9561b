using OpenClaw.Worker.Transport;

namespace OpenClaw.Worker.Tests.Transport;

public sealed class ProxyChoiceTests
{
    private readonly Dictionary<string, string> variables = new(StringComparer.Ordinal);

    [Theory]
    [InlineData("https://claw.example", "HTTPS_PROXY", true), InlineData("https://claw.example", "https_proxy", true)]
    [InlineData("http://claw.example", "HTTP_PROXY", true), InlineData("https://claw.example", "ALL_PROXY", true)]
    [InlineData("https://claw.example", "HTTP_PROXY", false), InlineData("http://claw.example", "HTTPS_PROXY", false)]
    [InlineData("http://127.0.0.1:3456", "HTTP_PROXY", false), InlineData("https://localhost", "HTTPS_PROXY", false)]
    [InlineData("https://[::1]:1", "ALL_PROXY", false)]
    public void The_variables_of_the_session_are_heard_but_not_for_this_PC(string gateway, string name, bool taken)
    {
        variables[name] = "http://proxy.example:3128";
        Assert.Equal((taken, null), (Choose(gateway).Proxy is not null, Choose(gateway).Error));
    }

    [Fact]
    public void The_workers_own_goes_before_them_and_is_taken_for_this_PC_too()
    {
        variables["HTTPS_PROXY"] = "http://other.example";
        Assert.Equal("mine.example", Choose("https://claw.example", "mine.example:8080").Proxy!.Host);
        Assert.Equal(8080, Choose("http://127.0.0.1", "mine.example:8080").Proxy!.Port);
    }

    [Theory]
    [InlineData("claw.example", true), InlineData("example", true), InlineData(".example", true)]
    [InlineData("*.example", true), InlineData("*", true)]
    [InlineData("CLAW.EXAMPLE", true), InlineData("a.b, claw.example", true), InlineData("claw.example:443", true)]
    [InlineData("claw.example:444", false)]
    [InlineData("law.example", false), InlineData("xclaw.example", false), InlineData("", false)]
    [InlineData(",", false), InlineData("claw", false)]
    [InlineData("10.0.0.0/8", false)]
    public void NO_PROXY_by_name(string list, bool bypassed) =>
        Assert.Equal(bypassed, ProxyChoice.IsBypassed(new Uri("https://claw.example"), list));

    [Theory]
    [InlineData("10.0.0.0/8", true), InlineData("10.1.2.3", true), InlineData("10.1.2.3:8443", true), InlineData("10.1.2.3:1", false)]
    [InlineData("10.1.2.4", false), InlineData("192.168.0.0/16", false), InlineData("1.2.3", false), InlineData("nonsense/8", false)]
    public void NO_PROXY_by_address(string list, bool bypassed) =>
        Assert.Equal(bypassed, ProxyChoice.IsBypassed(new Uri("https://10.1.2.3:8443"), list));

    [Theory]
    [InlineData("fd00::/8", true), InlineData("[fd00::1]:8443", true), InlineData("fd00::1", true), InlineData("[fd00::1]:1", false)]
    public void NO_PROXY_by_long_address(string list, bool bypassed) =>
        Assert.Equal(bypassed, ProxyChoice.IsBypassed(new Uri("https://[fd00::1]:8443"), list));

    [Fact]
    public void NO_PROXY_is_heard_before_the_workers_own_too()
    {
        variables["NO_PROXY"] = "example";
        Assert.Null(Choose("https://claw.example", "http://mine.example").Proxy);
    }

    [Theory]
    [InlineData("ftp://x"), InlineData("http://"), InlineData("://"), InlineData("http://a b")]
    public void What_is_no_proxy_is_told_without_its_text(string own)
    {
        var (proxy, error) = Choose("https://claw.example", own);
        Assert.Null(proxy);
        Assert.Contains("OPENCLAW_PROXY must be", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Its_password_is_never_shown() =>
        Assert.Equal("http://proxy.example:3128", ProxyChoice.FormatForLog(new Uri("http://user:secret@proxy.example:3128/")));

    private (Uri? Proxy, string? Error) Choose(string gateway, string? own = null) =>
        ProxyChoice.ChooseFor(new Uri(gateway), own, variables.GetValueOrDefault);
}
