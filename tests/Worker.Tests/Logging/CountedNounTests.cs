using OpenClaw.Worker.Logging;

namespace OpenClaw.Worker.Tests.Logging;

public sealed class CountedNounTests
{
    [Theory]
    [InlineData(0, "0 tasks")]
    [InlineData(1, "1 task")]
    [InlineData(2, "2 tasks")]
    [InlineData(1_000_000, "1000000 tasks")]
    public void One_is_one_and_every_other_number_is_many(long count, string text) =>
        Assert.Equal(text, CountedNoun.FormatCount(count, "task"));

    [Theory]
    [InlineData(1, "1 address")]
    [InlineData(2, "2 addresses")]
    public void A_noun_may_have_a_plural_of_its_own(long count, string text) =>
        Assert.Equal(text, CountedNoun.FormatCount(count, "address", "addresses"));
}
