using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using OpenClaw.Gateway.Tests.BadInput;
using OpenClaw.Gateway.Tests.Hosting;
using Xunit.Abstractions;

namespace OpenClaw.Gateway.Tests.Fuzz;

/// <summary>
/// Requests made from docs/openapi.json: each gets an answer that is the server's own, never a failure, and the server goes on. The same
/// ones each time; <c>OPENCLAW_FUZZ_SEED</c> makes others, <c>OPENCLAW_FUZZ_SECONDS</c> more of them.
/// </summary>
public sealed class FuzzTests(BadInputEstate estate, ITestOutputHelper output) : IClassFixture<BadInputEstate>
{
    /// <summary>Half a minute on two cores.</summary>
    private const int InTheGate = 12_000;

    /// <summary>Statuses with which the HTTP server itself refuses what is no request, without a body.</summary>
    private static readonly int[] Bare = [400, 408, 411, 414, 431, 505];

    private readonly List<string> findings = [];
    private readonly SortedDictionary<int, int> statuses = [];
    private readonly HashSet<string> accepted = [];

    [Fact]
    public async Task Whatever_is_sent_to_any_route_gets_an_answer_that_is_ours()
    {
        var seed = ReadSetting("OPENCLAW_FUZZ_SEED") ?? 1;
        var seconds = ReadSetting("OPENCLAW_FUZZ_SECONDS");
        var grammar = ApiGrammar.Load();
        var maker = new RequestMaker(grammar, estate.Names);
        using var connection = new FuzzConnection(estate.Address);
        var watch = Stopwatch.StartNew();
        var number = 0;
        while (seconds is null ? number < InTheGate : watch.Elapsed.TotalSeconds < seconds)
        {
            var request = maker.MakeRequest(seed, number);
            TryOne(connection, request, number++);
            if (number % 500 == 0) await estate.ProveHealth();
            if (findings.Count >= 20) break;
        }

        await estate.ProveHealth();
        output.WriteLine($"seed {seed}: {number} requests in {watch.Elapsed.TotalSeconds:F0} s, {findings.Count} findings; "
            + string.Join(", ", statuses.Select(one => $"{one.Key}: {one.Value}")));
        output.WriteLine("accepted of: " + string.Join(", ", accepted.Order()));
        foreach (var finding in findings) output.WriteLine(finding);
        Assert.Equal([], findings);
        // Of these it is known that the requests are not refused at the door.
        Assert.InRange(accepted.Count, grammar.Operations.Count * 3 / 5, grammar.Operations.Count);
    }

    private void TryOne(FuzzConnection connection, FuzzRequest request, int number)
    {
        string? wrong;
        try
        {
            var answer = connection.Exchange(request);
            if (answer is not null) statuses[answer.Status] = statuses.GetValueOrDefault(answer.Status) + 1;
            if (answer is { Status: 200 }) accepted.Add(Describe(request.Operation));
            // A sender that is not understood at all may be left without a word.
            wrong = answer is null ? (request.IsFramed ? "no answer" : null) : FindFault(request, answer);
        }
        catch (Exception error) when (error is InvalidDataException or IOException or FormatException or TimeoutException)
        {
            connection.Dispose();
            wrong = error is TimeoutException && request.MayWait ? null : error.Message;
        }
        if (wrong is null) return;
        var text = Encoding.UTF8.GetString(request.Bytes);
        findings.Add($"request {number}: {wrong}\n{(text.Length > 2_000 ? text[..2_000] : text)}\n{estate.Failures}");
    }

    private string? FindFault(FuzzRequest request, FuzzAnswer answer)
    {
        var body = Encoding.UTF8.GetString(answer.Body);
        if (estate.Secrets.FirstOrDefault(secret => body.Contains(secret, StringComparison.Ordinal)) is { } secret && answer.Status != 200)
            return "a secret in the answer: " + secret;
        if (answer.Status >= 500) return $"{answer.Head}\n{body}";
        if (answer.Status < 400 || request.Method == "HEAD") return null;
        if (answer.Body.Length == 0) return Bare.Contains(answer.Status) ? null : "no problem: " + answer.Head;
        if (answer.FindHeader("Content-Type") != "application/problem+json") return "no problem: " + answer.Head;
        return FindFault(answer.Status, body);
    }

    private static string? FindFault(int status, string body)
    {
        JsonElement problem;
        try
        {
            problem = JsonElement.Parse(body);
        }
        catch (JsonException)
        {
            return "a problem that is no JSON: " + body;
        }
        var whole = problem.Text("type")?.StartsWith("urn:openclaw:", StringComparison.Ordinal) == true
            && problem.GetProperty("status").GetInt32() == status
            && new[] { "title", "detail", "error" }.All(name => !string.IsNullOrEmpty(problem.Text(name)));
        if (!whole) return "a problem that is not whole: " + body;
        return body.Contains("   at ", StringComparison.Ordinal) || body.Contains("System.", StringComparison.Ordinal)
            ? "inner words: " + body : null;
    }

    private static string Describe(ApiOperation operation) => $"{operation.Method} {operation.Path}";

    private static int? ReadSetting(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : null;
}
