using OpenClaw.Protocol.Problems;
using OpenClaw.TestKit.FakeGateway;

namespace OpenClaw.Worker.Tests.Transport;

/// <summary>What something between worker and server may answer instead of it.</summary>
internal static class FalseAnswers
{
    private const string Json = "application/json";
    private const string ProblemJson = "application/problem+json";
    private static readonly int[] Statuses =
    [
        200, 201, 202, 204, 206, 301, 302, 304, 307, 400, 401, 403, 404, 405, 407, 408, 409, 410, 411, 413, 414, 415, 421, 422,
        425, 426, 429, 431, 451, 500, 501, 502, 503, 504, 507, 511, 520, 524, 530,
    ];

    /// <summary>Every status with every kind of body.</summary>
    public static IReadOnlyList<FalseAnswer> All { get; } = [.. Statuses.SelectMany(With)];

    /// <summary>
    /// Our own server under a wrong path, and about another attempt. On routes of attempts they are false, on others they are rejections.
    /// </summary>
    public static IReadOnlyList<FalseAnswer> Misplaced { get; } =
    [
        new(404, ProblemJson, Ours(ProblemTypes.NotFound, 404, "")),
        new(409, ProblemJson, Ours(ProblemTypes.AttemptSuperseded, 409, ",\"attemptId\":\"other.1\"")),
    ];

    private static IEnumerable<FalseAnswer> With(int status)
    {
        yield return new(status, null, "");
        if (status is 204 or 304) yield break;
        yield return new(status, "text/html", "<html>no</html>");
        yield return new(status, Json, "");
        yield return new(status, Json, """{"ok":true}""");
        // The right answers of two other routes.
        yield return new(status, Json, """{"offers":[],"draining":false}""");
        yield return new(status, Json, """{"fate":"recorded","state":"succeeded","attemptId":"other.1","session":"pc.1.x"}""");
        yield return new(status, Json, """{"attemptId":"other.1","attempt":1,"session":"pc.1.x","next":{"nextSequence":99,"stdout""");
        yield return new(status, ProblemJson, $$"""{"type":"about:blank","title":"t","status":{{status}},"error":"e","detail":"d"}""");
        yield return new(status, ProblemJson, Ours(ProblemTypes.AttemptSuperseded, status + 1, ",\"attemptId\":\"other.1\""));
    }

    private static string Ours(string type, int status, string more) =>
        $$"""{"type":"{{type}}","title":"t","status":{{status}},"error":"e"{{more}}}""";
}
