using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using OpenClaw.Gateway.Tests.Hosting;

namespace OpenClaw.Gateway.Tests.BadInput;

/// <summary>
/// Each row of cases.json, byte for byte over a socket: the status and the form of the refusal, the place, no secret given back, nothing
/// stored but what the row says, and a server that goes on.
/// </summary>
public sealed class BadInputTests(BadInputEstate estate) : IClassFixture<BadInputEstate>
{
    private static readonly ConcurrentDictionary<string, string> Bodies = new();
    private static int senders;

    public static TheoryData<string> Names => [.. BadInputCase.All.Select(row => row.Name)];

    [Theory, MemberData(nameof(Names))]
    public async Task Bad_input_is_refused_and_changes_nothing(string name)
    {
        var row = BadInputCase.All.Single(row => row.Name == name);
        await estate.SendHeartbeats();
        var before = estate.CountStored();
        using (var socket = new RawHttp(estate.Address))
        {
            Send(socket, row);
            var (status, answer) = socket.Receive();
            Assert.True(status == row.Status, answer + estate.Failures);
            CheckAnswer(row, answer);
            if (row.Raw is not null && !row.Open) Assert.True(socket.IsClosed(), "the connection stays open");
        }

        await estate.ProveHealth();
        // What a refusal writes is in the writer's queue before the good task that came after it.
        var after = estate.CountStored();
        Assert.Equal((row.Notes ?? []).Order(), after.FindNotes(before).Order());
        Assert.Equal(new() { ["tasks"] = 1, ["audit"] = 1, ["versions"] = 1 }, after.FindChanges(before));
    }

    [Fact]
    public void No_row_expects_a_failure_of_the_server() => Assert.All(BadInputCase.All, row => Assert.InRange(row.Status, 400, 499));

    private void CheckAnswer(BadInputCase row, string answer)
    {
        Assert.DoesNotContain(estate.Secrets, secret => answer.Contains(secret, StringComparison.Ordinal));
        Assert.True(answer.Split("\r\n\r\n", 2) is [_, _], "no whole answer");
        var (head, body) = (answer.Split("\r\n\r\n", 2)[0], answer.Split("\r\n\r\n", 2)[1]);
        foreach (var header in new[] { "\r\nServer:", "\r\nAccess-Control-", "\r\nSet-Cookie:", "\r\nLocation:" })
            Assert.DoesNotContain(header, head, StringComparison.OrdinalIgnoreCase);
        if (row.Bare) Assert.Contains("Content-Length: 0", head, StringComparison.Ordinal);
        else CheckProblem(row, head, body);
        if (row.Same is not null) Assert.Equal(Bodies.GetOrAdd(row.Same, body), body);
    }

    private static void CheckProblem(BadInputCase row, string head, string body)
    {
        Assert.Contains("Content-Type: application/problem+json", head, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Cache-Control: no-store", head, StringComparison.OrdinalIgnoreCase);
        var problem = JsonElement.Parse(body);
        Assert.Equal((row.Status, row.FullType), (problem.GetProperty("status").GetInt32(), problem.Text("type")));
        foreach (var field in new[] { "title", "detail", "error" }) Assert.NotEmpty(problem.Text(field)!);
        foreach (var trace in new[] { "   at ", "System.", "OpenClaw.", "Exception" })
            Assert.DoesNotContain(trace, body, StringComparison.Ordinal);
        if (row.Place is not null)
        {
            var places = problem.GetProperty("errors").EnumerateArray().Select(error => error.Text("field"));
            Assert.Contains(row.Place, places);
        }
        Assert.Equal(row.Scope, problem.Text("scope"));
        if (row.Says is not null) Assert.Contains(row.Says, problem.Text("detail"), StringComparison.Ordinal);
        if (row.Allow is not null) Assert.Contains($"Allow: {row.Allow}", head, StringComparison.Ordinal);
        if (row.Next is not null)
        {
            var next = problem.GetProperty("next");
            string[] fields = ["nextSequence", "stdoutOffset", "stderrOffset"];
            Assert.Equal(row.Next, fields.Select(field => next.GetProperty(field).GetInt64()));
        }
    }

    private void Send(RawHttp socket, BadInputCase row)
    {
        var n = Interlocked.Increment(ref senders);
        var sender = string.Create(CultureInfo.InvariantCulture, $"10.0.{n >> 8}.{n & 255}");
        try
        {
            socket.Send(row.BuildRequest(estate.Names, sender));
        }
        catch (IOException)
        {
            // The server need not read all of what it refuses.
        }
    }
}
