using Orleans.Concurrency;

namespace OpenClaw.GrainInterfaces.Queues;

/// <summary>
/// The backlog of one pool and the polls that wait for it; key <c>tenant/pool</c>. Ids only; calls no grain; persists
/// nothing: the tasks table is the truth, this is its window and may lose or double anything.
/// </summary>
[Alias("IQueueGrain")]
public interface IQueueGrain : IGrainWithStringKey
{
    /// <summary>A task may be started now.</summary>
    [Alias("Enqueue"), OneWay]
    Task Enqueue(QueueEntry entry);

    /// <summary>A task left the backlog: started (it still holds its concurrency key) or ended (the key is free).</summary>
    [Alias("Remove"), OneWay]
    Task Remove(Guid task, string? concurrencyKey, bool ended);

    /// <summary>
    /// Up to <see cref="PollRequest.Slots"/> entries for this worker, waiting up to <see cref="PollRequest.Wait"/> for the
    /// first. Empty when the time is over, the silo is stopping, or a newer poll of the same session came.
    /// </summary>
    [Alias("Poll"), ResponseTimeout("00:00:07")]
    Task<PollReply> Poll(PollRequest request, CancellationToken cancellation);

    /// <summary>Entries of an answered poll that could not be handed on: offered again at once.</summary>
    [Alias("Return"), OneWay]
    Task Return(Guid[] tasks);

    /// <summary>
    /// A cancel was asked for of a task that runs on this worker: its parked poll is answered at once with it, or its next one.
    /// A hint; the heartbeat's directive is the truth.
    /// </summary>
    [Alias("CancelRunning"), OneWay]
    Task CancelRunning(string worker, Guid task);

    /// <summary>What this queue knows about why a task waits.</summary>
    [Alias("Why")]
    Task<QueueFacts> Why(Guid task, string requires, string? concurrencyKey);

    /// <summary>The same of a task that was submitted with this token, with what the token's limit has to do with it.</summary>
    [Alias("ExplainWait")]
    Task<QueueFacts> ExplainWait(Guid task, string requires, string? concurrencyKey, string tokenId);

    /// <summary>
    /// A token's limit of running tasks was changed: the queue reads it before it answers. A hint; its look at the table has it as well.
    /// </summary>
    [Alias("RefreshLimits"), ResponseTimeout("00:00:05")]
    Task RefreshLimits();
}

/// <summary>A task in the backlog.</summary>
[GenerateSerializer, Immutable, Alias("QueueEntry")]
public readonly record struct QueueEntry(
    [property: Id(0)] Guid Task,
    [property: Id(1)] string Requires,
    [property: Id(2)] int Priority,
    [property: Id(3)] DateTimeOffset CreatedAt,
    [property: Id(4)] string? ConcurrencyKey,
    [property: Id(5)] string? TokenId = null);

/// <summary>A worker's question for work.</summary>
[GenerateSerializer, Immutable, Alias("PollRequest")]
public sealed record PollRequest
{
    /// <summary>The worker's name.</summary>
    [Id(0)] public required string Worker { get; init; }
    /// <summary>Its session's epoch; 0: the compatible protocol, where parallel polls are usual.</summary>
    [Id(1)] public long Epoch { get; init; }
    /// <summary>Labels it offers, canonical form.</summary>
    [Id(2)] public required string Offers { get; init; }
    /// <summary>How many tasks it can take; 0: none, it only waits for cancels.</summary>
    [Id(3)] public int Slots { get; init; } = 1;
    /// <summary>Tasks it holds or has been offered and knows of. An offer made to this session that is not named was lost.</summary>
    [Id(4)] public Guid[] Held { get; init; } = [];
    /// <summary>How long to wait for the first; at most 5 s (the gateway asks in slices).</summary>
    [Id(5)] public TimeSpan Wait { get; init; }
}

/// <summary>Tasks to offer; whether this poll was replaced by a newer one of its session; running tasks to cancel.</summary>
[GenerateSerializer, Immutable, Alias("PollReply")]
public readonly record struct PollReply(
    [property: Id(0)] Guid[] Tasks,
    [property: Id(1)] bool Superseded,
    [property: Id(2)] Guid[]? Cancels = null);

/// <summary>What a queue knows of a waiting task.</summary>
[GenerateSerializer, Immutable, Alias("QueueFacts")]
public sealed record QueueFacts
{
    /// <summary>The task that holds the same concurrency key, when one does.</summary>
    [Id(0)] public Guid? KeyHeldBy { get; init; }
    /// <summary>Polls parked now that cover the required labels.</summary>
    [Id(1)] public int WaitingWorkers { get; init; }
    /// <summary>Worker the task is offered to now.</summary>
    [Id(2)] public string? OfferedTo { get; init; }
    /// <summary>Entries of the same group known to be before it, when it is in the window.</summary>
    [Id(3)] public int? Ahead { get; init; }
    /// <summary>How many tasks of its token may run at once, when as many do; null: there is room.</summary>
    [Id(4)] public int? ReachedLimit { get; init; }
}
