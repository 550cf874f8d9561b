using OpenClaw.Protocol.Problems;

namespace OpenClaw.Protocol.Tests.Answers;

/// <summary>
/// Nothing is believed but what is provably the server's: every call of every client, with every status, against every body that may come
/// instead of the right one.
/// </summary>
public sealed class FalseAnswerTests
{
    private const string Json = "application/json";
    private const string ProblemJson = "application/problem+json";
    private static readonly int[] Statuses = [.. Enumerable.Range(200, 400)];
    private static readonly int[] Passing = [401, 403, 408, 429, .. Enumerable.Range(500, 100)];
    private readonly StubServer server = new();

    public static TheoryData<AskedRoute> Routes => new(AskedRoute.All);

    [Theory, MemberData(nameof(Routes))]
    public async Task A_false_answer_is_none_whatever_its_status(AskedRoute route)
    {
        foreach (var status in Statuses)
        {
            foreach (var (what, type, body) in False(route, status)) await Expect(Taken.Nothing, route, new(status, type, body), what);
        }
    }

    [Theory, MemberData(nameof(Routes))]
    public async Task The_right_answer_counts_with_200_alone(AskedRoute route)
    {
        foreach (var status in Statuses)
            await Expect(status == 200 ? Taken.Value : Taken.Nothing, route, new(status, Json, route.Right), "right JSON");
        byte[] withBlanks = [.. "\n  "u8, .. route.Right, .. "\n"u8];
        await Expect(Taken.Value, route, new(200, "application/json; charset=utf-8", withBlanks), "with blanks around");
    }

    [Theory, MemberData(nameof(Routes))]
    public async Task The_right_answer_that_was_cut_is_none_wherever_it_was_cut(AskedRoute route)
    {
        for (var length = 0; length < route.Right.Length; length++)
            await Expect(Taken.Nothing, route, new(200, Json, route.Right[..length]), $"cut after {length} bytes");
    }

    [Theory, MemberData(nameof(Routes))]
    public async Task A_problem_of_ours_counts_with_its_own_status_and_about_this_attempt(AskedRoute route)
    {
        foreach (var status in Statuses)
        {
            var ours = status >= 400;
            var (mine, none, other) = (AskedRoute.ProblemOf(ProblemTypes.NotFound, status, AskedRoute.Attempt),
                AskedRoute.ProblemOf("urn:openclaw:of-a-newer-server", status),
                AskedRoute.ProblemOf(ProblemTypes.NotFound, status, AskedRoute.Task + ".2"));
            await Expect(ours ? Taken.Problem : Taken.Nothing, route, new(status, ProblemJson, mine), "our problem about this attempt");
            var believed = ours && (!route.IsOfAttempt || Passing.Contains(status)) ? Taken.Problem : Taken.Nothing;
            await Expect(believed, route, new(status, ProblemJson, none), "our problem about no attempt");
            await Expect(believed, route, new(status, ProblemJson, other), "our problem about another attempt");
        }
    }

    private static IEnumerable<(string What, string? Type, byte[] Body)> False(AskedRoute route, int status)
    {
        yield return ("nothing", null, []);
        yield return ("nothing, as JSON", Json, []);
        yield return ("nothing, as a problem", ProblemJson, []);
        yield return ("HTML", "text/html", "<html>no</html>"u8.ToArray());
        yield return ("HTML, as JSON", Json, "<html>no</html>"u8.ToArray());
        yield return ("foreign JSON", Json, """{"ok":true}"""u8.ToArray());
        yield return ("foreign JSON, as a problem", ProblemJson, """{"ok":true}"""u8.ToArray());
        foreach (var text in (string[])["null", "true", "1", "\"x\"", "[]", "{}"]) yield return (text, Json, AskedRoute.Text(text));
        yield return ("right JSON, as text", "text/plain", route.Right);
        yield return ("right JSON, as a problem", ProblemJson, route.Right);
        const string Mine = AskedRoute.Attempt;
        yield return ("a problem of another type", ProblemJson, AskedRoute.ProblemOf("about:blank", status, Mine));
        yield return ("a problem of another type of urn", ProblemJson, AskedRoute.ProblemOf("urn:other:not-found", status, Mine));
        yield return ("our problem, as JSON", Json, AskedRoute.ProblemOf(ProblemTypes.NotFound, status, Mine));
        yield return ("our problem of another status", ProblemJson, AskedRoute.ProblemOf(ProblemTypes.NotFound, status + 1, Mine));
        foreach (var other in AskedRoute.All.Where(other => !Answers(route, other)))
        {
            yield return ($"right JSON of {other}", Json, other.Right);
            yield return ($"right JSON of {other}, as a problem", ProblemJson, other.Right);
        }
    }

    /// <summary>Whole tasks answer several calls, one of them a submit that waited.</summary>
    private static bool Answers(AskedRoute route, AskedRoute other) => other == route
        || other.Right.AsSpan().SequenceEqual(route.Right) || (route.Name == "submit" && other.Name is "get" or "cancel" or "decide");

    private async Task Expect(Taken expected, AskedRoute route, Answered answer, string what)
    {
        server.Answer = answer;
        using var client = server.Client();
        var made = await route.Ask(client);
        Assert.True(made == expected, $"{route}: {what} with {answer.Status} ({answer.Type}) was taken for {made}, not {expected}");
    }
}
