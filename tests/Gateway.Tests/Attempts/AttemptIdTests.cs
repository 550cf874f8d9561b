using OpenClaw.Gateway.Attempts;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Gateway.Tests.Attempts;

public sealed class AttemptIdTests
{
    private const string Task = "0198c0de-0000-7000-8000-000000000001";

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(int.MaxValue)]
    public void What_is_written_is_read(int attempt)
    {
        Assert.True(AttemptId.TryParse(AttemptId.FormatId(Guid.Parse(Task), attempt), out var read));
        Assert.Equal((Guid.Parse(Task), attempt), (read.Task, read.Attempt));
    }

    [Theory]
    [InlineData("")]
    [InlineData(Task)]
    [InlineData(Task + ".")]
    [InlineData(Task + ".0")]
    [InlineData(Task + ".01")]
    [InlineData(Task + ".-1")]
    [InlineData(Task + ".+1")]
    [InlineData(Task + ". 1")]
    [InlineData(Task + ".1x")]
    [InlineData(Task + ".2147483648")]
    [InlineData("{0198c0de-0000-7000-8000-000000000001}.1")]
    [InlineData("0198c0de000070008000000000000001.1")]
    public void What_names_no_attempt_is_refused(string text) => Assert.False(AttemptId.TryParse(text, out _));

    [Fact]
    public void A_list_says_which_entries_are_wrong()
    {
        var errors = new FieldErrors();
        AttemptId.ParseAll([Task + ".1", "x", null!], "held", 10, errors);
        Assert.Equal(["held[1]", "held[2]"], errors.ToArray().Select(error => error.Field));

        errors = new FieldErrors();
        AttemptId.ParseAll([Task + ".1", Task + ".2"], "held", 1, errors);
        Assert.Equal("held", Assert.Single(errors.ToArray()).Field);
    }
}
