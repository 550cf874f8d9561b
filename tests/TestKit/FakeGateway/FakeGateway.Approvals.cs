using System.Text.Json;
using Microsoft.AspNetCore.Http;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Attempts;

namespace OpenClaw.TestKit.FakeGateway;

// A human's yes before a start, as the real one keeps it.
public sealed partial class FakeGateway
{
    private readonly List<AskApproval> asked = [];

    /// <summary>Every question for approval, in order.</summary>
    public IReadOnlyList<AskApproval> Asked { get { lock (gate) return [.. asked]; } }

    /// <summary>What was decided, by attempt.</summary>
    public Dictionary<string, ApprovalAnswer> Decided { get; } = [];

    /// <summary>A gateway that can't be trusted: what it approved it calls approved, whatever the owner says.</summary>
    public bool InsistsOnYes { get; set; }

    /// <summary>Says yes through the gateway, to this digest, whatever the worker's was; as somebody signed it, or without.</summary>
    public void Approve(string id, string digest, JsonElement? signed = null) => Change(() => Decided[id] = new ApprovalAnswer
    {
        Decision = "approve", Digest = digest, Remotely = true, Signed = signed, ExpiresIn = 600_000, State = "awaiting_approval",
    });

    /// <summary>The wait is over: denied, cancelled, too late.</summary>
    public void Deny(string id, string state, string reason) => Change(() => Decided[id] = Over(state, reason));

    private static ApprovalAnswer Over(string state, string reason) => new() { Decision = "over", State = state, Reason = reason };

    private async Task Ask(HttpContext context, FakeAttempt attempt, AskApproval ask)
    {
        var id = attempt.Offer.AttemptId;
        Change(() =>
        {
            asked.Add(ask);
            attempt.Asked = true;
            if (ask.Decision is { } said && !InsistsOnYes && Decided.GetValueOrDefault(id)?.Decision != "over")
                Decided[id] = said == "approve"
                    ? new ApprovalAnswer { Decision = "approve", Digest = ask.Digest, State = "awaiting_approval" }
                    : Over("rejected", "approval-denied");
        });
        using var late = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        late.CancelAfter(TimeSpan.FromMilliseconds(ask.Wait));
        while (true)
        {
            Task next;
            ApprovalAnswer? decided;
            lock (gate)
                (decided, next) = (Decided.GetValueOrDefault(id), changed.Task);
            if (decided is not null || late.IsCancellationRequested)
            {
                var answer = decided
                    ?? new ApprovalAnswer { Decision = "wait", Digest = ask.Digest, ExpiresIn = 600_000, State = "awaiting_approval" };
                await Ok(context, answer with { AttemptId = IsOfBefore ? null : id, Session = Named }, ProtocolJson.Default.ApprovalAnswer);
                return;
            }
            await next.WaitAsync(late.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
