using OpenClaw.Gateway.Requests;
using OpenClaw.Gateway.Security;

namespace OpenClaw.Gateway.Tests.Requests;

public sealed class RequestShapeTests
{
    [Theory]
    [InlineData("/health")]
    [InlineData("/openapi.json")]
    [InlineData("/tasks/0198c0de-0000-7000-8000-000000000000")]
    [InlineData("/worker/attempts/0198c0de-0000-7000-8000-000000000000.1/start")]
    [InlineData("/tasks?wait=1//..%2f")]
    [InlineData("http://127.0.0.1:3456/health")]
    public void A_plain_path_passes(string target) => Assert.True(RequestShape.IsPlainPath(RequestShape.GetRawPath(target)));

    [Theory]
    [InlineData("//health")]
    [InlineData("/health/")]
    [InlineData("/tasks//x")]
    [InlineData("/x/../health")]
    [InlineData("/./health")]
    [InlineData("/x/..%2fhealth")]
    [InlineData("/%2e%2e/health")]
    [InlineData("/health%00")]
    [InlineData("/h%65alth")]
    [InlineData("/%c0%afhealth")]
    [InlineData("/Health")]
    [InlineData("/health;a=b")]
    [InlineData("/health\\")]
    [InlineData("/health.")]
    [InlineData("http://127.0.0.1//health")]
    [InlineData("*")]
    [InlineData("health")]
    public void Nothing_else_does(string target) => Assert.False(RequestShape.IsPlainPath(RequestShape.GetRawPath(target)));

    [Theory]
    [InlineData("?token=abc", true)]
    [InlineData("?a=1&Access_Token=abc", true)]
    [InlineData("?a=ocl_cli_aaaaaaaaaa", true)]
    [InlineData("?a=%6fcl_cli", true)]
    [InlineData("?wait=1&name=studio", false)]
    [InlineData("", false)]
    public void A_token_in_the_query_is_seen(string query, bool seen) => Assert.Equal(seen, QueryToken.IsPresentIn(query));
}
