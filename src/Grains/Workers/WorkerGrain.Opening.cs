using System.Globalization;
using System.Security.Cryptography;
using OpenClaw.GrainInterfaces;
using OpenClaw.GrainInterfaces.Queues;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;

namespace OpenClaw.Grains.Workers;

// A daemon opens its session: is the name its own, and what of its earlier sessions does it go on with?
internal sealed partial class WorkerGrain
{
    /// <summary>Volatile: another process of the home that has the session, and waits to see whether that one lives.</summary>
    private Contender? contender;

    /// <summary>Id of the tenant's tasks, once it was asked for.</summary>
    private string? server;

    public async Task<SessionReply> OpenSession(SessionRequest request, Actor actor)
    {
        var now = clock.GetUtcNow();
        var verdict = SessionRules.JudgeRequest(Current, request, contender, now);
        if (verdict != SessionVerdict.Open)
        {
            // Nobody is rejected by what this activation remembers: another one, on a silo that was given up, may have stored more since.
            await ReadAgain();
            verdict = SessionRules.JudgeRequest(Current, request, contender, now);
        }
        if (verdict != SessionVerdict.Open) return await RefuseSession(request, verdict == SessionVerdict.FindOut, now);
        contender = null;
        var former = await ClaimFormerNames(request);
        var epoch = state.State.Epoch + 1;
        // The head reported so far belongs to the instance that had the session until now, so it goes to that one before the change.
        var owners = SessionOwners.WithSession(WithAudit(state.State).Owners, request.Instance, epoch);
        auditHead = null;
        // An audit log belongs to the home, under whichever name it was reported: the newest of them counts.
        var audit = former.Select(claim => claim.Audit).Append(SessionOwners.FindAudit(owners, request.Instance))
            .OfType<ChainHead>().MaxBy(head => head.At);
        SessionSpan[] owned = [.. SessionOwners.GetSpans(owners, name, request.Instance), .. former.SelectMany(claim => claim.Spans)];
        await StoreRecord(state.State with
        {
            Epoch = epoch,
            Session = $"{name}.{epoch}.{RandomNumberGenerator.GetHexString(16, lowercase: true)}",
            Instance = request.Instance,
            Run = request.Run,
            Owners = owners,
            Owned = owned,
            Offers = request.Offers,
            MaxConcurrent = request.MaxConcurrent,
            Version = request.Version,
            ManifestsJson = request.ManifestsJson,
            Identity = request.Identity,
            Withheld = request.Withheld,
            LastSeen = now,
            Closed = false,
        });
        // Stored: from here on calls of the older session are refused. What one that is under way still starts ends with its lease.
        online.MarkOnline(key, now);
        listed = false;
        await EnsureListed();
        await GiveUpAttempts(SessionOwners.GetSpans(owners, name, request.Instance), epoch, request.Held);
        // A name it had before may have another daemon by now, with a copy of the same home: what that one runs is not given up.
        foreach (var claim in former.Where(claim => !claim.Live || request.Replaces.Contains(claim.Run)))
            await GiveUpAttempts(claim.Spans, long.MaxValue, request.Held);
        log.SessionOpened(name, epoch, actor.TokenId);
        return new(GetInfo(), null) { Server = await FindServerId(), Audit = audit };
    }

    public Task<NameClaim> OwnedBy(string instance) => Task.FromResult(new NameClaim(
        SessionOwners.GetSpans(state.State.Owners, name, instance),
        state.State.Session is not null && SessionRules.IsOnline(Current, clock.GetUtcNow()), state.State.Run,
        SessionOwners.FindAudit(WithAudit(state.State).Owners, instance)));

    private async Task<SessionReply> RefuseSession(SessionRequest request, bool findOut, DateTimeOffset now)
    {
        var sameHome = string.Equals(state.State.Instance, request.Instance, StringComparison.Ordinal);
        if (findOut)
        {
            if (contender is { } waiting && waiting.Run == request.Run) log.SameHomeTwice(name);
            contender = new Contender(request.Run!, now);
            // A daemon that is told of a cancel, even of no task, sends a heartbeat at once. So one that lives shows it before the
            // contender asks again.
            await GrainFactory.GetGrain<IQueueGrain>(GrainKeys.ForQueue(tenant)).CancelRunning(name, Guid.Empty);
        }
        return new(null, lastSeen?.ToString("o", CultureInfo.InvariantCulture)) { SameHome = sameHome };
    }

    /// <summary>Null when the silo that has the directory is of a version that has no id.</summary>
    private async Task<string?> FindServerId()
    {
        try
        {
            return server ??= await Directory.Identify();
        }
        catch (Exception failure) when (failure is OrleansException or TimeoutException)
        {
            return null;
        }
    }

    /// <summary>What the instance has of the names it says it had; of a name that was never its own: nothing.</summary>
    private async Task<NameClaim[]> ClaimFormerNames(SessionRequest request)
    {
        var asked = request.FormerNames.Where(former => former != name).Distinct(StringComparer.Ordinal)
            .Select(former => GrainFactory.GetGrain<IWorkerGrain>(GrainKeys.ForWorker(tenant, former)).OwnedBy(request.Instance));
        return await Task.WhenAll(asked);
    }

    /// <summary>
    /// Attempts of this instance's earlier sessions, before the epoch, that it does not hold are over: nobody waits for their leases.
    /// Those of another instance's sessions have their own clocks: it may live, and only be out of reach.
    /// </summary>
    private async Task GiveUpAttempts(SessionSpan[] spans, long before, AttemptRef[] held)
    {
        foreach (var worker in spans.Select(span => span.Worker).Distinct(StringComparer.Ordinal))
        {
            var running = await index.ReadRunningAttempts(tenant, worker, CancellationToken.None);
            foreach (var attempt in SessionRules.FindGivenUp(running, held))
            {
                var task = GrainFactory.GetTaskGrain(attempt.Task);
                if (await task.Get() is { Epoch: var epoch } && epoch < before && spans.Any(span => span.HasSession(worker, epoch)))
                    await task.HolderRestarted(worker, epoch + 1);
            }
        }
    }
}
