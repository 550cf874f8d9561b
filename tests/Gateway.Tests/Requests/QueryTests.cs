using Microsoft.AspNetCore.Http;
using OpenClaw.Gateway.Requests;

namespace OpenClaw.Gateway.Tests.Requests;

public sealed class QueryTests
{
    [Theory]
    [InlineData("", 30_000)]
    [InlineData("?other=1", 30_000)]
    [InlineData("?wait=0", 0)]
    [InlineData("?wait=1", 1)]
    [InlineData("?wait=0060000", 60_000)]
    [InlineData("?wait=60001", 60_000)]
    [InlineData("?wait=9223372036854775808", 60_000)]
    [InlineData("?wait=99999999999999999999999999999999", 60_000)]
    [InlineData("?w%61it=5", 5)]
    public void A_wait_is_read_and_clamped(string query, long expected)
    {
        Assert.Null(Query.ReadWait(With(query), 30_000, 60_000, out var wait));
        Assert.Equal(expected, wait.TotalMilliseconds);
    }

    [Theory]
    [InlineData("?wait=-1")]
    [InlineData("?wait=abc")]
    [InlineData("?wait=")]
    [InlineData("?wait=1e3")]
    [InlineData("?wait=1.5")]
    [InlineData("?wait=+1")]
    [InlineData("?wait=%201")]
    [InlineData("?wait=0x10")]
    [InlineData("?wait=NaN")]
    [InlineData("?wait=1&wait=2")]
    [InlineData("?wait=١")]
    public void A_wait_that_is_none_is_refused(string query)
    {
        var problem = Query.ReadWait(With(query), 30_000, 60_000, out _);
        Assert.Equal(400, problem?.Status);
        Assert.Equal("wait", Assert.Single(problem!.Errors!).Field);
    }

    [Theory]
    [InlineData("?limit=0")]
    [InlineData("?limit=501")]
    public void A_number_beyond_its_range_is_refused_with_the_range(string query)
    {
        var problem = Query.ReadNumber(With(query), "limit", 50, 1, 500, clamp: false, out _);
        Assert.Contains("from 1 to 500", problem?.Error, StringComparison.Ordinal);
    }

    private static DefaultHttpContext With(string query)
    {
        var context = new DefaultHttpContext();
        context.Request.QueryString = new QueryString(query);
        return context;
    }
}
