using OpenClaw.Gateway.Sessions;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Gateway.Tests.Sessions;

public sealed class SessionResolverTests
{
    private const string One = "aaaa1111-0000-4000-8000-000000000001";
    private const string Two = "aaaa2222-0000-4000-8000-000000000002";
    private static readonly KnownSessions Known = new([(One, "studio"), (Two, "attic"), (One, "attic")], [Two, "legacy"]);

    [Theory]
    [InlineData(One, One)]
    [InlineData("AAAA1111-0000-4000-8000-000000000001", One)]
    [InlineData("aaaa1", One)]
    [InlineData("AAAA2", Two)]
    [InlineData("bbbb1111-0000-4000-8000-000000000009", "bbbb1111-0000-4000-8000-000000000009")]
    public void A_short_id_and_a_whole_one_name_one_session(string id, string session)
    {
        var errors = new FieldErrors();

        Assert.Equal(session, SessionResolver.ResolveId(Agents.Claude, id, Known, "sessionId", errors));
        Assert.False(errors.Any);
    }

    [Theory]
    [InlineData("cccc", "begins no Claude session")]
    [InlineData("lega", "begins no Claude session")]
    [InlineData("aaaa", "begins 2 Claude sessions: " + One + ", " + Two)]
    public void A_short_id_that_names_none_or_several_is_refused(string id, string words)
    {
        var errors = new FieldErrors();

        Assert.Null(SessionResolver.ResolveId(Agents.Claude, id, Known, "sessionId", errors));
        var error = Assert.Single(errors.ToArray());
        Assert.Equal("sessionId", error.Field);
        Assert.StartsWith(words, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(One, null, "studio")]
    [InlineData(One, "attic", "attic")]
    [InlineData(One, "gone", "studio")]
    [InlineData(Two, "studio", "attic")]
    [InlineData("other", "gone", "gone")]
    [InlineData("other", null, null)]
    public void A_PC_that_reports_the_session_owns_it_before_the_one_that_ran_it_last(string session, string? lastRanOn, string? owner) =>
        Assert.Equal(owner, SessionResolver.FindWorker(session, lastRanOn, Known));

    [Theory]
    [InlineData(null, "studio", "studio")]
    [InlineData(null, null, null)]
    [InlineData("cellar", null, "cellar")]
    [InlineData("studio", "studio", "studio")]
    [InlineData("attic", "studio", "attic")]
    public void A_turn_is_pinned_to_the_PC_that_has_its_session(string? asked, string? owner, string? pinned)
    {
        var errors = new FieldErrors();

        Assert.Equal(pinned, SessionResolver.PinWorker(One, asked, owner, Known, errors));
        Assert.False(errors.Any);
    }

    [Fact]
    public void A_PC_that_does_not_have_the_session_can_not_be_asked_for()
    {
        var errors = new FieldErrors();

        Assert.Null(SessionResolver.PinWorker(One, "cellar", "studio", Known, errors));
        Assert.Equal("worker", Assert.Single(errors.ToArray()).Field);
    }
}
