using System.Net.Http.Headers;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Answers;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Enrolment;
using OpenClaw.Protocol.Waits;
using OpenClaw.Protocol.Workers;
using OpenClaw.Worker.Enrolment;

namespace OpenClaw.Worker.Transport;

/// <summary>
/// The worker's calls to the gateway, each with its time limit. Heartbeats have connections of their own: a large output or a held
/// poll never stands in front of one. What counts as an answer is decided in the protocol's clients; how much one has to prove depends on
/// the server that opened the session.
/// </summary>
internal sealed class ServerLink : IDisposable
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);
    private const int JsonBytes = 384 * 1024;
    private const int JsonChunks = 200;
    private readonly HttpClient work;
    private readonly HttpClient pulse;
    private readonly TimeProvider clock;
    private volatile int protocol = SessionProtocol.Named;
    private volatile bool takesOnlyJson;
    private volatile bool takesNoTimes;
    private volatile string token;

    public ServerLink(GatewayRoute way, string token, TimeProvider clock)
    {
        (this.token, this.clock) = (token, clock);
        work = CreateClient(way);
        pulse = CreateClient(way);
        Bodies = new BodyLimit(clock);
        Holds = new HoldLimit(clock);
    }

    /// <summary>True for an attempt that is another server's: this one is told nothing about it.</summary>
    public Func<string, bool> IsElsewhere { get; init; } = _ => false;

    /// <summary>Signs for sessions, whose secret then is the token; null: the token is the owner's.</summary>
    public WorkerKey? Key { get; init; }

    /// <summary>How much output comes through in one call.</summary>
    public BodyLimit Bodies { get; }

    /// <summary>The session's server hands large payloads out by a call of their own.</summary>
    public bool FetchesPayloads => protocol >= SessionProtocol.Fetched;

    /// <summary>How long a call may be held at the server.</summary>
    public HoldLimit Holds { get; }

    /// <summary>Heartbeats may name attempts whose results are on their way.</summary>
    public bool HearsReports => protocol >= SessionProtocol.Reporting;

    /// <summary>Heartbeats may ask where the chains of the server's audit end.</summary>
    public bool TellsAuditHeads => protocol >= SessionProtocol.Witnessing;

    /// <summary>A question for a yes may say that only a signed one counts, and the server hands that on.</summary>
    public bool KnowsSignedYes => protocol >= SessionProtocol.Witnessing;

    /// <summary>A question for a yes may say which files it would be to.</summary>
    public bool KnowsBinding => protocol >= SessionProtocol.Binding;

    private WorkersClient Workers => new(work, protocol);

    private AttemptsClient Attempts => new(work, protocol);

    public async Task<Reply<SessionOpened>> OpenSession(OpenSession open, CancellationToken cancellation)
    {
        var reply = await SendOpening(open, cancellation);
        if (reply.Problem is { Status: 400 } && Key is null)
        {
            // A server of before refuses fields it does not know.
            var older = open with { Run = null, Replaces = null, FormerNames = null };
            reply = await CallServer(token => Workers.OpenSession(older, token), Short, cancellation);
        }
        if (reply is { IsOk: true, Value: { } opened })
        {
            // Perhaps of another server than the one before. A call of the old session that is still under way is refused anyhow.
            protocol = opened.Protocol ?? SessionProtocol.Unnamed;
            (takesOnlyJson, takesNoTimes) = (false, false);
            if (opened.Credential is { } credential) token = credential;
        }
        return reply;
    }

    private async Task<Reply<SessionOpened>> SendOpening(OpenSession open, CancellationToken cancellation)
    {
        if (Key is not { } key) return await CallServer(token => Workers.OpenSession(open, token), Short, cancellation);
        var client = new EnrolmentClient(work);
        var asked = await CallServer(token => client.AskChallenge(key.Record.Identity, token), Short, cancellation);
        if (asked is not { IsOk: true, Value: { } answer })
            return new(null, asked.Problem, asked.NoAnswer) { RetryAfter = asked.RetryAfter };
        return await CallServer(
            token => client.OpenSession(open, body => key.SignRequest(Routes.Sessions, answer.Challenge, body), token),
            Short, cancellation);
    }

    public Task<Reply<SessionClosed>> CloseSession(string session, AuditHead? audit, CancellationToken cancellation) =>
        CallServer(token => Workers.CloseSession(new CloseSession(session, audit), token), Short, cancellation);

    public Task<Reply<PollAnswer>> PollTasks(Poll poll, CancellationToken cancellation) =>
        CallServer(token => Workers.Poll(poll, token), TimeSpan.FromMilliseconds(poll.Wait) + Short, cancellation);

    public Task<Reply<HeartbeatAnswer>> SendHeartbeat(Heartbeat heartbeat, CancellationToken cancellation) =>
        CallServer(token => new WorkersClient(pulse, protocol).Heartbeat(heartbeat, token), Short, cancellation);

    public Task<Reply<FactsTaken>> AnnounceFacts(AnnounceFacts facts, CancellationToken cancellation) =>
        CallServer(token => Workers.AnnounceFacts(facts, token), Short, cancellation);

    public Task<Reply<StartedAttempt>> StartAttempt(string attemptId, string session, CancellationToken cancellation) =>
        IsElsewhere(attemptId) ? AnswerKept<StartedAttempt>()
            : CallServer(token => Attempts.StartAttempt(attemptId, new StartAttempt(session), token), Short, cancellation);

    /// <summary>Fetches the payload of an offer that came without. However slow the line: it fails when nothing came for 30 s.</summary>
    public async Task<Reply<FetchedPayload>> FetchPayload(Offer offer, string session, CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(Long, clock);
        var fetch = new FetchPayload(session);
        return await CallServer(
            token => Attempts.FetchPayload(offer.AttemptId, fetch, offer.PayloadBytes!.Value, () => late.CancelAfter(Long), token),
            late, cancellation);
    }

    /// <summary>Asks for a human's yes, and waits at the server for as long as the question says.</summary>
    public Task<Reply<ApprovalAnswer>> AskApproval(string attemptId, AskApproval ask, CancellationToken cancellation) =>
        IsElsewhere(attemptId) ? AnswerKept<ApprovalAnswer>()
            : CallServer(token => Attempts.AskApproval(attemptId, ask, token), TimeSpan.FromMilliseconds(ask.Wait) + Short, cancellation);

    /// <summary>
    /// Sends output in the binary form; to a server that does not know it, as JSON. One that knows no times gets none. When it is too large
    /// for what stands between, <see cref="Bodies"/> is smaller afterwards.
    /// </summary>
    public async Task<Reply<OutputTaken>> AppendOutput(string attemptId, AppendOutput output, CancellationToken cancellation)
    {
        if (IsElsewhere(attemptId)) return await AnswerKept<OutputTaken>();
        if (takesNoTimes) output = output with { Chunks = RemoveTimes(output.Chunks) };
        var reply = await AppendUnchanged(attemptId, output, cancellation);
        if (reply.Problem is not { Status: 400 } || takesNoTimes) return reply;
        var again =
            await AppendUnchanged(attemptId, output with { Chunks = RemoveTimes(output.Chunks) }, cancellation);
        takesNoTimes = again.IsOk;
        return again;
    }

    private async Task<Reply<OutputTaken>> AppendUnchanged(string attemptId, AppendOutput output, CancellationToken cancellation)
    {
        if (takesOnlyJson || output.Chunks.Any(chunk => chunk.Data.Length is 0 or > Limits.OutputFrame))
            return await AppendJson(attemptId, output, cancellation);
        var reply = await CallPaced(
            token => Attempts.AppendFrames(attemptId, output, token), SumBytes(output.Chunks), cancellation);
        if (reply.Problem is not { Status: 404 or 415 } problem) return LowerLimitIfTooLarge(reply, output.Chunks);
        // The 404 may be about the attempt and not the route; then the call in JSON gets the same answer.
        var json = await AppendJson(attemptId, output, cancellation);
        takesOnlyJson = problem.Status == 415 || json.IsOk;
        return json;
    }

    public async Task<Reply<ResultTaken>> FinishAttempt(string attemptId, AttemptResult result, CancellationToken cancellation)
    {
        if (IsElsewhere(attemptId)) return await AnswerKept<ResultTaken>();
        var reply = await CallPaced(
            token => Attempts.FinishAttempt(attemptId, result, token), SumBytes(result.Output ?? []), cancellation);
        if (reply.Problem is not { Status: 400 } || result.Output is not { } chunks) return reply;
        var timeless = result with { Output = RemoveTimes(chunks) };
        return await CallServer(token => Attempts.FinishAttempt(attemptId, timeless, token), Long, cancellation);
    }

    public void Dispose()
    {
        work.Dispose();
        pulse.Dispose();
    }

    private static OutputChunk[] RemoveTimes(OutputChunk[] chunks) => Array.ConvertAll(chunks, chunk => chunk with { Elapsed = null });

    /// <summary>
    /// In as many calls as JSON needs: base64 is a third larger. What was taken before a call that fails is a repeat later.
    /// </summary>
    private async Task<Reply<OutputTaken>> AppendJson(string attemptId, AppendOutput output, CancellationToken cancellation)
    {
        var most = Math.Min(JsonBytes, Bodies.Bytes);
        for (var (from, chunks) = (0, output.Chunks); ;)
        {
            long bytes = 0;
            var call = chunks.Skip(from).Take(JsonChunks)
                .TakeWhile((chunk, index) => (bytes += chunk.Data.Length) <= most || index == 0).ToArray();
            from += call.Length;
            var part = output with { Chunks = call };
            var reply =
                await CallPaced(token => Attempts.AppendOutput(attemptId, part, token), SumBytes(call), cancellation);
            if (!reply.IsOk || from >= chunks.Length) return LowerLimitIfTooLarge(reply, call);
        }
    }

    private Reply<OutputTaken> LowerLimitIfTooLarge(Reply<OutputTaken> reply, OutputChunk[] call)
    {
        if (reply.IsTooLarge) Bodies.Halve(SumBytes(call));
        return reply;
    }

    private static long SumBytes(OutputChunk[] chunks) => chunks.Sum(chunk => (long)chunk.Data.Length);

    /// <summary>A call with so many bytes of output, from which is learned how many are through in time.</summary>
    private async Task<Reply<T>> CallPaced<T>(Func<CancellationToken, Task<Answer<T>>> call, long bytes, CancellationToken cancellation)
    {
        var began = clock.GetTimestamp();
        var reply = await CallServer(call, Long, cancellation);
        if (reply.NoAnswer is null or { InTime: false })
            Bodies.RecordCall(bytes, reply.NoAnswer is null, clock.GetElapsedTime(began));
        return reply;
    }

    private static Task<Reply<T>> AnswerKept<T>() =>
        Task.FromResult(new Reply<T>(default, null, new NoAnswer("it is another server's, and kept for that one") { NeverSent = true }));

    /// <summary>Throws only when <paramref name="cancellation"/> itself fired.</summary>
    private async Task<Reply<T>> CallServer<T>(
        Func<CancellationToken, Task<Answer<T>>> call, TimeSpan limit, CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(limit, clock);
        return await CallServer(call, late, cancellation);
    }

    private async Task<Reply<T>> CallServer<T>(
        Func<CancellationToken, Task<Answer<T>>> call, CancellationTokenSource late, CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
        try
        {
            var answer = await call(either.Token);
            return new Reply<T>(answer.Value, answer.Problem, answer.Foreign is { } foreign ? new NoAnswer(foreign.Why, foreign) : null)
            {
                CredentialEnded = Key is not null && answer.Problem is { Status: 401 },
                RetryAfter = answer.RetryAfter,
            };
        }
        catch (Exception failure) when (CallRetryRules.IsRetryable(failure) && !cancellation.IsCancellationRequested)
        {
            var none = late.IsCancellationRequested ? new NoAnswer("no answer in time", InTime: false)
                : new NoAnswer(CallRetryRules.DescribeError(failure)) { NeverSent = CallRetryRules.IsBeforeSending(failure) };
            return new Reply<T>(default, null, none);
        }
    }

    private HttpClient CreateClient(GatewayRoute way) => way.CreateClient(Short, inner => new TokenHandler(this, inner));

    /// <summary>Each request has the token of the session that is the newest when it is sent, unless it is signed.</summary>
    private sealed class TokenHandler(ServerLink link, HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (link.token is { Length: > 0 } token) request.Headers.Authorization ??= new AuthenticationHeaderValue("Bearer", token);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
