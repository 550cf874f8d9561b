using Microsoft.Extensions.Logging;
using OpenClaw.GrainInterfaces;
using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Grains.Ports;
using OpenClaw.Grains.Queues;

namespace OpenClaw.Grains.Workers;

/// <summary>One worker: its session, its labels, when it was last heard of.</summary>
[CollectionAgeLimit(Minutes = 10)]
internal sealed partial class WorkerGrain(
    [PersistentState("worker", "Default")] IPersistentState<WorkerRecord> state, ITaskIndex index, TimeProvider clock,
    OnlineWorkers online, IAuditTrail audit, ILogger<WorkerGrain> log) : Grain, IWorkerGrain
{
    private SessionInfo? session;
    private bool listed;
    private bool loggedCompatible;
    private string tenant = "";
    private string name = "";
    private string key = "";

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        key = this.GetPrimaryKeyString();
        (tenant, name) = GrainKeys.ParseWorker(key);
        lastSeen = state.State.LastSeen;
        return Task.CompletedTask;
    }

    public async Task<SessionInfo?> Touch(string session, string? recentSessionsJson)
    {
        if (!await IsLive(session)) return null;
        var news = recentSessionsJson is not null && recentSessionsJson != state.State.RecentSessionsJson;
        RecordContact(news ? state.State with { RecentSessionsJson = recentSessionsJson } : state.State, news);
        ListInBackground();
        return GetInfo();
    }

    public async Task<SessionInfo?> FindSession(string session) => await IsLive(session) ? GetInfo() : null;

    public async Task<bool> Announce(string session, string factsJson)
    {
        if (!await IsLive(session)) return false;
        if (factsJson != state.State.FactsJson)
        {
            await StoreRecord(state.State with { FactsJson = factsJson, LastSeen = clock.GetUtcNow() });
            await Directory.Add(name);
        }
        RecordContact(state.State, store: false);
        return true;
    }

    public async Task<SessionInfo> TouchCompatible(string offers)
    {
        // A poll without a session has no proof of who it is: of a name that has had sessions it gets what anybody may have, and gives no
        // sign of life for the daemon whose name it is.
        if (state.State.Epoch > 0 && name != ReservedNames.CompatibleWorkers)
        {
            if (!loggedCompatible) log.NameIsOfSessions(name);
            loggedCompatible = true;
            return new SessionInfo { Session = "", Epoch = 0, Offers = WorkerLabel.RemoveFrom(offers), Draining = state.State.Draining };
        }
        var changed = state.State.Closed || (state.State.Session is null && state.State.Offers != offers);
        var next = changed ? state.State with { Offers = offers, Closed = false } : state.State;
        if (changed || !state.RecordExists)
        {
            await StoreRecord(next with { LastSeen = clock.GetUtcNow() });
            listed = false;
        }
        RecordContact(state.State, store: false);
        await EnsureListed();
        return session is { Epoch: 0 } info && info.Offers == offers && info.Draining == state.State.Draining
            ? info
            : session = new SessionInfo { Session = "", Epoch = 0, Offers = offers, Draining = state.State.Draining };
    }

    public async Task CloseSession(string session)
    {
        if (!await IsLive(session)) return;
        await StoreRecord(state.State with { Session = null, Instance = null, LastSeen = clock.GetUtcNow(), Closed = true });
        await Directory.Add(name);
        online.MarkOffline(key);
        log.SessionClosed(name, state.State.Epoch);
    }

    public async Task EndSessionOf(string identity)
    {
        // Another activation may have opened it.
        await ReadAgain();
        if (state.State is { Session: { } live } && state.State.Identity == identity) await CloseSession(live);
    }

    public async Task<bool> SetDraining(bool draining, Actor actor)
    {
        if (!state.RecordExists) await ReadAgain();
        if (!state.RecordExists) return false;
        if (state.State.Draining != draining)
        {
            await StoreRecord(state.State with { Draining = draining, LastSeen = lastSeen });
            await Directory.Add(name);
        }
        log.DrainingSet(name, draining, actor.TokenId);
        return true;
    }

    public async Task<WorkerSnapshot?> Get() => await Describe() is not { } worker
        ? null
        : worker with { Running = [.. await index.ReadRunningAttempts(tenant, name, CancellationToken.None)] };

    public async Task<bool> Forget(DateTimeOffset notSeenSince)
    {
        await backgroundStore;
        if (!state.RecordExists) return true;
        // The record has the time of a write that is under way, the field that of a sign of life that was not stored.
        if (state.State.Draining || IsHeardOf()) return false;
        if (state.State.Epoch > 0 && (await index.ReadRunningAttempts(tenant, name, CancellationToken.None)).Count > 0) return false;
        // A session may have been opened, or a sign of life come in, while the table was asked.
        await backgroundStore;
        if (IsHeardOf()) return false;
        DeactivateOnIdle();
        await state.ClearStateAsync();
        return true;

        bool IsHeardOf() => state.State.LastSeen >= notSeenSince || lastSeen >= notSeenSince;
    }

    public Task<WorkerSnapshot?> Describe()
    {
        if (state.RecordExists) return Task.FromResult<WorkerSnapshot?>(CreateSnapshot());
        // Another activation may have made it: the next call reads the store anew.
        DeactivateOnIdle();
        return Task.FromResult<WorkerSnapshot?>(null);
    }

    private WorkerSnapshot CreateSnapshot()
    {
        return new WorkerSnapshot
        {
            Name = name,
            Online = SessionRules.IsOnline(Current, clock.GetUtcNow()),
            Draining = state.State.Draining,
            Offers = state.State.Offers,
            LastSeen = lastSeen,
            MaxConcurrent = state.State.MaxConcurrent,
            Version = state.State.Version,
            RecentSessionsJson = state.State.RecentSessionsJson,
            FactsJson = state.State.FactsJson,
            ManifestsJson = state.State.ManifestsJson,
            Compatible = state.State.Epoch == 0,
            Identity = state.State.Identity,
            Withheld = state.State.Withheld,
            Audit = auditHead ?? state.State.Owners.LastOrDefault()?.Audit,
        };
    }

    private WorkerRecord Current => state.State with { LastSeen = lastSeen };

    private IWorkerDirectoryGrain Directory => GrainFactory.GetGrain<IWorkerDirectoryGrain>(GrainKeys.ForWorkerDirectory(tenant));

    /// <summary>
    /// True for the live session. Before a daemon is turned away the store is asked: another activation (a second cluster on the
    /// database, a silo that hung) may have opened the session.
    /// </summary>
    private async ValueTask<bool> IsLive(string session)
    {
        if (session == state.State.Session) return true;
        if (!SessionRules.CanBeNewer(state.State, session)) return false;
        await ReadAgain();
        return session == state.State.Session;
    }

    /// <summary>Once an activation: what was not finished when the call before failed is done by its repeat.</summary>
    private async ValueTask EnsureListed()
    {
        if (listed) return;
        await Directory.Add(name);
        listed = true;
    }

    /// <summary>
    /// The directory asks those no more that were silent for long: it is told when one is back. A heartbeat waits for none of it.
    /// </summary>
    private async void ListInBackground()
    {
        try
        {
            await EnsureListed();
        }
        catch (Exception)
        {
            // The next sign of life tells it again.
        }
    }

    private SessionInfo GetInfo()
    {
        var record = state.State;
        return session is { } info && info.Session == record.Session && info.Offers == record.Offers && info.Draining == record.Draining
            ? info
            : session = new SessionInfo
            {
                Session = record.Session!, Epoch = record.Epoch, Offers = record.Offers, Draining = record.Draining, Owned = record.Owned,
            };
    }
}
