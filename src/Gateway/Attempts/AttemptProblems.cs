using OpenClaw.Gateway.Problems;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Gateway.Attempts;

/// <summary>
/// Refusals on the routes of attempts name the attempt. Without that a worker could not tell "no such attempt" from "no such route", which
/// this server says to it as well when a proxy changes the path.
/// </summary>
internal static class AttemptProblems
{
    public static Task AnswerProblem(this HttpContext context, Problem problem) =>
        context.Answer(problem with { AttemptId = context.Request.RouteValues["id"] as string });
}
