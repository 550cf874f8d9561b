using CsCheck;
using OpenClaw.Gateway.Tasks;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Gateway.Tests.Tasks;

public sealed class TaskListQueryTests
{
    [Fact]
    public void Without_parameters_everything_is_listed()
    {
        var query = Read("");

        Assert.Equal(("default", 50), (query.Tenant, query.Limit));
        Assert.Empty(query.States);
        Assert.Null(query.Cursor);
    }

    [Fact]
    public void Every_parameter_is_read()
    {
        var query = Read("?status=pending,running,timed_out,failed&worker=studio&kind=claude-cli&since=1700000000000&limit=500");

        Assert.Equal([TaskState.Queued, TaskState.Running, TaskState.TimedOut, TaskState.Failed], query.States);
        Assert.Equal(("studio", "claude-cli", 500), (query.Worker, query.Kind, query.Limit));
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000), query.Since);
    }

    [Theory]
    [InlineData("2026-11-22T09:30:00Z")]
    [InlineData("2026-11-22T10:30:00%2B01:00")]
    [InlineData("2026-11-22T09:30")]
    public void Since_may_be_a_time(string since) =>
        Assert.Equal(new DateTimeOffset(2026, 11, 22, 9, 30, 0, TimeSpan.Zero), Read("?since=" + since).Since);

    [Theory]
    [InlineData("?status=done", "status")]
    [InlineData("?status=", "status")]
    [InlineData("?status=none", "status")]
    [InlineData("?stauts=failed", "stauts")]
    [InlineData("?worker=Studio", "worker")]
    [InlineData("?kind=", "kind")]
    [InlineData("?since=yesterday", "since")]
    [InlineData("?since=-1", "since")]
    [InlineData("?since=99999999999999999999", "since")]
    [InlineData("?limit=0", "limit")]
    [InlineData("?limit=501", "limit")]
    [InlineData("?limit=1e2", "limit")]
    [InlineData("?limit=1&limit=2", "limit")]
    [InlineData("?cursor=", "cursor")]
    [InlineData("?cursor=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA!", "cursor")]
    [InlineData("?cursor=__________________________________________", "cursor")]
    [InlineData("?cursor=________________________________", "cursor")]
    public void A_wrong_parameter_is_named(string queryString, string field)
    {
        var errors = new FieldErrors();
        TaskListQuery.Read(queryString, "default", errors);

        Assert.Equal(field, Assert.Single(errors.ToArray()).Field);
    }

    [Fact]
    public void A_cursor_is_read_as_it_was_written() =>
        Gen.Select(Gen.Long[0, DateTimeOffset.MaxValue.Ticks], Gen.Guid).Sample((ticks, id) =>
        {
            var cursor = new TaskCursor(new DateTimeOffset(ticks, TimeSpan.Zero), id);
            Assert.Equal(cursor, Read("?cursor=" + TaskListQuery.FormatCursor(cursor)).Cursor);
        });

    private static TaskQuery Read(string queryString)
    {
        var errors = new FieldErrors();
        var query = TaskListQuery.Read(queryString, "default", errors);
        Assert.Empty(errors.ToArray());
        return query;
    }
}
