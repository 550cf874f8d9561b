using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Audit;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Workers;

namespace OpenClaw.TestKit.FakeGateway;

public sealed partial class FakeGateway
{
    private readonly HashSet<string> told = new(StringComparer.Ordinal);
    private long epoch;
    private int framedCalls;

    /// <summary>The live session; null before the first. Set it to null to make the worker's invalid.</summary>
    public string? Session { get; set; }

    /// <summary>Id of its tasks, as a session is told; null: an older server.</summary>
    public string? ServerId { get; set; } = "the-server";

    /// <summary>Where the worker's audit log ended when this was heard last, and every head it was told; null: an older server.</summary>
    public AuditHead? AuditHead { get; set; } = new(0, new string('0', 64));
    public List<AuditHead> AuditHeads { get; } = [];
    /// <summary>Where the chains of its own audit end.</summary>
    public AuditChainHead[] ChainHeads { get; set; } = [];
    public int ChainHeadsAsked { get; private set; }

    /// <summary>True: the name belongs to another worker.</summary>
    public bool NameTaken { get; set; }

    /// <summary>
    /// True: a server from before the binary form of output, which answers it with 415, and from before answers that name their session:
    /// some are a bare 204. It refuses fields that came since.
    /// </summary>
    public bool IsOfBefore { get; set; }

    /// <summary>Output calls in the binary form.</summary>
    public int FramedCalls => Volatile.Read(ref framedCalls);

    /// <summary>What the worker said last of its PC.</summary>
    public WorkerFacts? Facts { get; private set; }

    /// <summary>Sessions that were opened; a call that is still being answered is none yet.</summary>
    public long Sessions => Interlocked.Read(ref epoch);

    /// <summary>The last session's request.</summary>
    public OpenSession? Opened { get; private set; }

    private async Task Handle(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        var name = path switch
        {
            Routes.Sessions => "session",
            Routes.CloseSession => "close",
            Routes.WorkerPoll => "poll",
            Routes.Heartbeat => "heartbeat",
            Routes.WorkerResult => "old-result",
            _ => path[(path.LastIndexOf('/') + 1)..],
        };
        var framed = context.Request.ContentType == OutputFrames.MediaType;
        var (body, bytes) = await Body(context, framed);
        var call = new SeenCall(name, numbers.AddOrUpdate(name, 1, (_, n) => n + 1), body, TimeProvider.System.GetUtcNow(), path, bytes);
        // Before it is seen: a test that has seen it may go on with other faults.
        var answer = InBetween(call);
        var isUnknown = answer is null && framed && IsOfBefore;
        var fault = answer is null && !isUnknown ? Fault(call) : CallFault.None;
        Change(() =>
        {
            calls.Add(call);
            counts[name] = counts.GetValueOrDefault(name) + 1;
        });
        if (answer is not null) await AnswerFalsely(context, answer);
        else if (isUnknown) await Refuse(context, 415, ProblemTypes.UnsupportedMediaType);
        else await Answer(context, call, fault, path.Split('/'));
    }

    /// <summary>The body as JSON; frames become what they would be in that form.</summary>
    private async Task<(string Json, long Bytes)> Body(HttpContext context, bool framed)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        if (!framed || IsOfBefore) return (System.Text.Encoding.UTF8.GetString(body.ToArray()), body.Length);
        Interlocked.Increment(ref framedCalls);
        var (chunks, bytes) = (new List<OutputChunk>(), body.ToArray());
        for (var at = 0; at < bytes.Length;)
        {
            var frame = OutputFrames.ReadHead(bytes.AsSpan(at));
            var data = bytes.AsSpan(at + OutputFrames.GetHeadSize(bytes[at]), (int)frame.Length).ToArray();
            var stream = frame.Stream == 1 ? "stdout" : "stderr";
            chunks.Add(new OutputChunk
            {
                Stream = stream, Sequence = frame.Sequence, Offset = frame.Offset, Elapsed = frame.Elapsed, Data = data,
            });
            at += OutputFrames.GetSize(chunks[^1]);
        }
        var append = new AppendOutput(context.Request.Headers[OutputFrames.SessionHeader]!, [.. chunks]);
        return (JsonSerializer.Serialize(append, ProtocolJson.Default.AppendOutput), body.Length);
    }

    private static async Task AnswerFalsely(HttpContext context, FalseAnswer answer)
    {
        await answer.After.WaitAsync(context.RequestAborted);
        if (answer.Status == 0)
        {
            context.Abort();
            return;
        }
        context.Response.StatusCode = answer.Status;
        if (answer.Status is 204 or 304) return;
        context.Response.ContentType = answer.ContentType;
        await context.Response.WriteAsync(answer.Body);
    }

    private async Task Answer(HttpContext context, SeenCall call, CallFault fault, string[] path)
    {
        switch (fault)
        {
            case CallFault.LoseRequest:
                context.Abort();
                return;
            case CallFault.Unavailable:
                await Refuse(context, 503, ProblemTypes.Unavailable);
                return;
            case CallFault.BadRequest:
                await Refuse(context, 400, ProblemTypes.Invalid);
                return;
            case CallFault.Unauthorized:
                await Refuse(context, 401, ProblemTypes.Unauthenticated);
                return;
            case CallFault.Garbage:
                await context.Response.WriteAsync("<html>");
                return;
            case CallFault.LoseAnswer:
                var answer = context.Response.Body;
                context.Response.Body = new MemoryStream();
                await Do(context, call, path);
                context.Response.Body = answer;
                context.Abort();
                return;
            case CallFault.Hang:
                await released.Task.WaitAsync(context.RequestAborted);
                break;
        }
        await Do(context, call, path);
    }

    private Task Do(HttpContext context, SeenCall call, string[] path)
    {
        if (context.Request.Headers.Authorization != $"Bearer {Token}")
            return Refuse(context, 401, ProblemTypes.Unauthenticated);
        if (call.Name == "old-result") return Refuse(context, 404, ProblemTypes.NotFound);
        using var json = JsonDocument.Parse(call.Body);
        if (IsOfBefore && HasNewerField(call.Name, json.RootElement)) return Refuse(context, 400, ProblemTypes.Invalid);
        if (call.Name == "session") return Open(context, Read(call, ProtocolJson.Default.OpenSession));
        if (call.Name != "close" && json.RootElement.GetProperty("session").GetString() != Session)
            return Refuse(context, 409, ProblemTypes.SessionSuperseded);
        FakeAttempt? attempt;
        lock (gate)
            attempt = path.Length > 3 ? attempts.GetValueOrDefault(path[3]) : null;
        return call.Name switch
        {
            "close" => Close(context, Read(call, ProtocolJson.Default.CloseSession)),
            "poll" => Poll(context, Read(call, ProtocolJson.Default.Poll)),
            "facts" when !IsOfBefore => Announce(context, Read(call, ProtocolJson.Default.AnnounceFacts)),
            "heartbeat" => Beat(context, Read(call, ProtocolJson.Default.Heartbeat)),
            _ when attempt is null => Refuse(context, 404, ProblemTypes.NotFound),
            "payload" => Fetch(context, attempt),
            "start" => Start(context, attempt),
            "approval" => Ask(context, attempt, Read(call, ProtocolJson.Default.AskApproval)),
            "output" => Append(context, attempt, Read(call, ProtocolJson.Default.AppendOutput)),
            _ => Finish(context, attempt, Read(call, ProtocolJson.Default.AttemptResult)),
        };
    }

    /// <summary>One that 549d526 does not know.</summary>
    private static bool HasNewerField(string call, JsonElement body)
    {
        string[] newer = call switch
        {
            "session" => ["run", "replaces", "formerNames"],
            "close" => ["auditHead"],
            "poll" => ["takesLarge"],
            "approval" => ["signedOnly", "bound", "open"],
            "heartbeat" => ["reporting", "auditHead", "wantsAuditHeads"],
            _ => [],
        };
        return newer.Any(field => body.TryGetProperty(field, out _));
    }

    private Task Open(HttpContext context, OpenSession open)
    {
        if (NameTaken) return Refuse(context, 409, ProblemTypes.SessionTaken);
        if (open.Held?.Length > Limits.Held) return Refuse(context, 400, ProblemTypes.Invalid);
        Change(() => (Opened, Session) = (open, $"{open.Name}.{++epoch}.x"));
        var answer = new SessionOpened
        {
            Session = Session!,
            Epoch = epoch,
            HeartbeatEvery = HeartbeatEvery,
            Lease = Lease,
            PollWait = PollWait,
            Protocol = IsOfBefore ? null : SessionProtocol.Newest,
            Name = IsOfBefore ? null : open.Name,
            Server = IsOfBefore ? null : ServerId,
            AuditHead = IsOfBefore ? null : AuditHead,
        };
        return Ok(context, answer, ProtocolJson.Default.SessionOpened);
    }

    private Task Close(HttpContext context, CloseSession close)
    {
        var session = Session!;
        Hear(close.AuditHead);
        Change(() => Session = null);
        return IsOfBefore ? NoContent(context) : Ok(context, new SessionClosed(session, true), ProtocolJson.Default.SessionClosed);
    }

    private async Task Poll(HttpContext context, Poll poll)
    {
        if (poll.Held?.Length > Limits.Held || poll.FreeSlots > Limits.FreeSlots)
        {
            await Refuse(context, 400, ProblemTypes.Invalid);
            return;
        }
        using var over = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        over.CancelAfter(TimeSpan.FromMilliseconds(poll.Wait));
        while (true)
        {
            Task next;
            PollAnswer answer;
            lock (gate)
            {
                answer = Look(poll);
                next = changed.Task;
            }
            if (answer.Offers.Length > 0 || answer.Cancels is not null || over.IsCancellationRequested)
            {
                await Ok(context, answer, ProtocolJson.Default.PollAnswer);
                return;
            }
            await next.WaitAsync(over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private PollAnswer Look(Poll poll)
    {
        var held = (poll.Held ?? []).ToHashSet(StringComparer.Ordinal);
        // As the real one: what waits for its owner is offered to nobody, and what is not named by the poll is, at once.
        var offers = attempts.Values
            .Where(a => !a.Started && !a.Cancelled && !a.Asked && a.Results.Count == 0 && !held.Contains(a.Offer.AttemptId))
            .Where(a => !a.IsLarge || poll.TakesLarge is true)
            .Take(poll.FreeSlots).Select(a => a.IsLarge ? WithoutPayload(a.Offer) : a.Offer).ToArray();
        // As the real one: one large payload an answer.
        offers = [.. offers.Where(offer => offer.PayloadBytes is null), .. offers.Where(offer => offer.PayloadBytes is not null).Take(1)];
        var cancels = CancelsTravelByPoll
            ? attempts.Values.Where(a => a.Started && a.Cancelled && a.Results.Count == 0 && told.Add(a.Offer.AttemptId))
                .Select(a => a.Offer.TaskId).ToArray()
            : [];
        return new PollAnswer(offers, false, cancels.Length > 0 ? cancels : null, Named);
    }

    private static Offer WithoutPayload(Offer offer) =>
        offer with { Payload = default, PayloadBytes = JsonMarshal.GetRawUtf8Value(offer.Payload).Length };

    private Task Fetch(HttpContext context, FakeAttempt attempt) => Ok(
        context, new FetchedPayload(attempt.Offer.AttemptId, Session!, attempt.Offer.Payload), ProtocolJson.Default.FetchedPayload);

    private void Hear(AuditHead? head)
    {
        if (head is not null) Change(() => AuditHeads.Add(AuditHead = head));
    }

    private Task Beat(HttpContext context, Heartbeat heartbeat)
    {
        Hear(heartbeat.AuditHead);
        Dictionary<string, string> answer;
        lock (gate)
        {
            answer = (heartbeat.Attempts ?? []).Where(id => attempts.TryGetValue(id, out var known) && !known.LeftOut).ToDictionary(
                id => id, id => attempts[id] is { Superseded: true } ? "superseded" : attempts[id].Cancelled ? "cancel" : "continue");
        }
        var wants = heartbeat.WantsAuditHeads is true;
        if (wants) Change(() => ChainHeadsAsked++);
        return Ok(
            context, new HeartbeatAnswer(answer, false, Named) { AuditHeads = wants ? ChainHeads : null },
            ProtocolJson.Default.HeartbeatAnswer);
    }

    private Task Announce(HttpContext context, AnnounceFacts facts)
    {
        Change(() => Facts = facts.Facts);
        return IsOfBefore ? NoContent(context) : Ok(context, new FactsTaken(facts.Session, true), ProtocolJson.Default.FactsTaken);
    }

    private Task Start(HttpContext context, FakeAttempt attempt)
    {
        if (attempt.Superseded || (attempt.Cancelled && !attempt.Started))
            return Refuse(context, 409, ProblemTypes.AttemptSuperseded);
        Change(() => attempt.Started = true);
        return Ok(context, new StartedAttempt(attempt.Offer.AttemptId, attempt.Offer.Attempt, Named), ProtocolJson.Default.StartedAttempt);
    }

    private Task Append(HttpContext context, FakeAttempt attempt, AppendOutput output)
    {
        attempt.OutputCalls++;
        return Join(context, attempt, output.Chunks) ?? (IsOfBefore
            ? NoContent(context)
            : Ok(context, new OutputTaken(attempt.Offer.AttemptId, output.Session, attempt.Next), ProtocolJson.Default.OutputTaken));
    }

    private Task Finish(HttpContext context, FakeAttempt attempt, AttemptResult result)
    {
        if (Join(context, attempt, result.Output ?? []) is { } gap) return gap;
        var fate = attempt.Results.Count == 0 ? "recorded" : "duplicate";
        Change(() => attempt.Results.Add(result));
        var taken = new ResultTaken(fate, result.Outcome, IsOfBefore ? null : attempt.Offer.AttemptId, Named);
        return Ok(context, taken, ProtocolJson.Default.ResultTaken);
    }

    private Task? Join(HttpContext context, FakeAttempt attempt, OutputChunk[] chunks)
    {
        NextOutput? next = null;
        Change(() => next = attempt.Append(chunks));
        return next is null ? null : Refuse(context, 409, ProblemTypes.OutputGap, next);
    }

    private static Task NoContent(HttpContext context)
    {
        context.Response.StatusCode = 204;
        return Task.CompletedTask;
    }

    private static T Read<T>(SeenCall call, JsonTypeInfo<T> type) => JsonSerializer.Deserialize(call.Body, type)!;

    private static Task Ok<T>(HttpContext context, T value, JsonTypeInfo<T> type) => context.Response.WriteAsJsonAsync(value, type);

    /// <summary>The session, as answers name it.</summary>
    private string? Named => IsOfBefore ? null : Session;

    private Task Refuse(HttpContext context, int status, string type, NextOutput? next = null)
    {
        context.Response.StatusCode = status;
        var path = context.Request.Path.Value!.Split('/');
        var about = !IsOfBefore && path.Length > 3 && path[^3] == "attempts" ? path[^2] : null;
        var problem = new Problem { Type = type, Title = type, Status = status, Error = type, Next = next, AttemptId = about };
        return context.Response.WriteAsJsonAsync(problem, ProtocolJson.Default.Problem, "application/problem+json");
    }
}
