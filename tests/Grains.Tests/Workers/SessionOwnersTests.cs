using CsCheck;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Grains.Workers;

namespace OpenClaw.Grains.Tests.Workers;

public sealed class SessionOwnersTests
{
    private static readonly string[] Homes = ["a", "b", "c"];

    [Fact]
    public void Each_session_is_owned_by_the_home_that_opened_it_and_by_no_other() =>
        Gen.Int[0, Homes.Length - 1].List[1, SessionOwners.Most].Sample(opened =>
    {
        SessionOwner[] owners = [];
        for (var i = 0; i < opened.Count; i++) owners = SessionOwners.WithSession(owners, Homes[opened[i]], i + 1);
        for (var epoch = 1; epoch <= opened.Count; epoch++)
        {
            var having = Homes.Where(home => SessionOwners.GetSpans(owners, "studio", home).Any(span => span.HasSession("studio", epoch)));
            Assert.Equal([Homes[opened[epoch - 1]]], having);
        }
    });

    [Fact]
    public void What_was_before_there_were_owners_is_the_next_ones() =>
        Assert.Equal([new SessionSpan("studio", 1, 8)], SessionOwners.GetSpans(SessionOwners.WithSession([], "a", 8), "studio", "a"));

    [Fact]
    public void However_often_the_owner_changes_the_list_keeps_the_newest()
    {
        SessionOwner[] owners = [];
        for (var epoch = 1; epoch <= 100; epoch++) owners = SessionOwners.WithSession(owners, Homes[epoch % 2], epoch);
        Assert.Equal(SessionOwners.Most, owners.Length);
        Assert.Equal(100, owners[^1].Last);
        Assert.DoesNotContain("a", owners.Select(owner => owner.Instance));
    }

    [Theory]
    [InlineData("studio", 3, true), InlineData("studio", 4, true), InlineData("studio", 5, false), InlineData("studio", 2, false)]
    [InlineData("attic", 3, false), InlineData(null, 3, false), InlineData("studio", 0, false)]
    public void A_holder_owns_what_its_spans_hold(string? worker, long epoch, bool own)
    {
        var holder = new Holder { Worker = "studio", Epoch = 9, Offers = "", Owned = [new("studio", 3, 4), new("cellar", 1, 9)] };
        Assert.Equal(own, holder.OwnsSession(worker, epoch));
        Assert.False((holder with { Epoch = 0 }).OwnsSession(worker, epoch));
    }

    [Theory]
    [InlineData("studio", 9, true), InlineData("studio", 10, false), InlineData("attic", 9, false), InlineData("studio", 0, false)]
    public void Of_a_silo_that_does_not_say_a_holder_owns_every_session_of_its_name(string worker, long epoch, bool own) =>
        Assert.Equal(own, new Holder { Worker = "studio", Epoch = 9, Offers = "" }.OwnsSession(worker, epoch));
}
