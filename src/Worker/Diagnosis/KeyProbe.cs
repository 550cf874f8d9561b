using OpenClaw.Protocol;
using OpenClaw.Protocol.Answers;
using OpenClaw.Protocol.Enrolment;
using OpenClaw.Worker.Enrolment;
using OpenClaw.Worker.Transport;

namespace OpenClaw.Worker.Diagnosis;

/// <summary>
/// Asks the server whether this PC's key is good: signs a yes to no kinds at all. The server looks at the signature first and says what it
/// has against the key; then it refuses the empty list, so nothing is changed, and the session that is open goes on.
/// </summary>
internal sealed class KeyProbe(GatewayRoute route, TimeProvider clock)
{
    private static readonly TimeSpan StepTimeout = TimeSpan.FromSeconds(10);

    public async Task<AnswerFacts> AskServer(WorkerKey key)
    {
        using var late = new CancellationTokenSource(StepTimeout, clock);
        using var http = route.CreateClient(StepTimeout);
        try
        {
            var client = new EnrolmentClient(http);
            var asked = await client.AskChallenge(key.Record.Identity, late.Token);
            if (asked.Value is not { } answer) return ToFacts(asked);
            return ToFacts(await client.GrantKinds(
                new GrantKinds([]), body => key.SignRequest(Routes.GrantKinds, answer.Challenge, body), late.Token));
        }
        catch (Exception error) when (CallRetryRules.IsRetryable(error))
        {
            return new AnswerFacts(null, null, null, late.IsCancellationRequested ? "no answer within 10 s"
                : CallRetryRules.DescribeError(error));
        }
    }

    private static AnswerFacts ToFacts<T>(Answer<T> answer) where T : class =>
        answer.Problem is { } problem ? new AnswerFacts(problem.Status, problem.Type, null) { Sentence = problem.Detail ?? problem.Error }
            : new AnswerFacts(null, null, null, answer.Why ?? "the answer is none to this question");
}
