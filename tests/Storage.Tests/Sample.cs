using System.Text.Json;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Tasks;
using Orleans.Storage;

namespace OpenClaw.Storage.Tests;

/// <summary>What a grain finds when it loads its state.</summary>
public sealed record Loaded<T>(T State, string? ETag, bool RecordExists);

/// <summary>Records for the tests, and the calls Orleans would make with them.</summary>
public static class Sample
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static TaskSpec Spec(string tenant = "default", string kind = "command", string requires = "kind:command") =>
        new() { Kind = kind, Payload = "{\"command\":\"true\"}"u8.ToArray(), Tenant = tenant, Requires = requires };

    public static TaskRecord Queued(TaskSpec? spec = null, DateTimeOffset? createdAt = null, Guid? id = null) => new()
    {
        Id = id ?? Guid.CreateVersion7(createdAt ?? Noon),
        Spec = spec ?? Spec(),
        State = TaskState.Queued,
        Version = 1,
        CreatedAt = createdAt ?? Noon,
        WakeAt = (createdAt ?? Noon) + TimeSpan.FromMinutes(15),
        Last = new Transition("submit", createdAt ?? Noon, new Actor("tok1", "127.0.0.1"), 0),
    };

    public static TaskRecord Next(this TaskRecord record, TaskState state, string trigger) => record with
    {
        State = state,
        Version = record.Version + 1,
        Last = new Transition(trigger, Noon, new Actor("tok2", null), record.Attempt),
    };

    public static TaskRecord Started(this TaskRecord record, string worker = "studio", DateTimeOffset? at = null) =>
        record.Next(TaskState.Running, "start") with { Worker = worker, Attempt = record.Attempt + 1, Epoch = 7, StartedAt = at ?? Noon };

    public static TaskRecord Ended(this TaskRecord record, TaskState state, DateTimeOffset? at = null) =>
        record.Next(state, "result") with { EndedAt = at ?? Noon, WakeAt = null };

    /// <summary>Its worker reported a failure, which was its last attempt.</summary>
    public static TaskRecord Reported(this TaskRecord record, DateTimeOffset at) => record.Next(TaskState.Failed, Transition.Finish) with
    {
        EndedAt = at,
        WakeAt = null,
        Reason = "exit-code",
        Outcome = new AttemptOutcome
        {
            Kind = OutcomeKind.Failed, Attempt = record.Attempt, ExitCode = 3, Error = "exit code 3", Duration = TimeSpan.FromSeconds(2),
            StdoutBytes = 5, StdoutSha256 = new string('a', 64), Metadata = "{}"u8.ToArray(),
        },
    };

    public static ApprovalWait Wait(int attempt) => new()
    {
        Attempt = attempt, Worker = "studio", Epoch = 7, Rule = "git-push", Digest = new string('a', 64), Summary = "git push",
        Remote = true,
        Since = Noon, Until = Noon.AddMinutes(10), StartBy = Noon.AddMinutes(15), Approved = true, ApprovedBy = "adm1",
    };

    public static GrainId Grain(Guid id) => GrainId.Create(GrainType.Create("task"), GrainIdKeyExtensions.CreateGuidKey(id));

    /// <summary>Writes as a grain does that holds <paramref name="etag"/>; the new ETag.</summary>
    public static async Task<string> Write(this IGrainStorage storage, TaskRecord record, string? etag = null)
    {
        var state = new GrainState<TaskRecord> { State = record, ETag = etag! };
        await storage.WriteStateAsync("task", Grain(record.Id), state);
        return state.ETag!;
    }

    public static async Task<Loaded<TaskRecord>> Load(this IGrainStorage storage, Guid id)
    {
        var state = new GrainState<TaskRecord>();
        await storage.ReadStateAsync("task", Grain(id), state);
        return new Loaded<TaskRecord>(state.State!, state.ETag, state.RecordExists);
    }

    /// <summary>All of a record or snapshot as text, to compare what records hold by reference.</summary>
    public static string Text(object value) => JsonSerializer.Serialize(value);
}
