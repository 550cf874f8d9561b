using System.Collections.Concurrent;
using OpenClaw.Storage.Output;

namespace OpenClaw.Storage.Postgres.Output;

/// <summary>
/// Where an attempt's output stood when this process last wrote or read it: a guess that the compare-and-set of the next append proves
/// or refutes. <see cref="Lengths"/> are those of the tail's chunks from sequence <see cref="LengthsFrom"/> on, as far as they were asked
/// for.
/// </summary>
internal sealed record OutputState(long Task, bool IsStored, OutputPosition Position)
{
    /// <summary>The task had ended when this was read.</summary>
    public bool HasEnded { get; init; }

    public long LengthsFrom { get; init; }
    public int[] Lengths { get; init; } = [];

    /// <summary>Length of a stored chunk of the tail; null when it has to be read first.</summary>
    public int? FindLength(long sequence)
    {
        var index = sequence - LengthsFrom;
        return index >= 0 && index < Lengths.Length ? Lengths[index] : null;
    }
}

/// <summary>The states of the attempts that print through this process. What is not here is read from the store.</summary>
internal sealed class OutputStateCache
{
    private const int Most = 2000;
    private readonly ConcurrentDictionary<(Guid Task, int Attempt), OutputState> states = new();

    public OutputState? Find(Guid task, int attempt) => states.GetValueOrDefault((task, attempt));

    public void Keep(Guid task, int attempt, OutputState state)
    {
        // Nobody says which attempts have ended; those that have not are read again, once.
        if (states.Count >= Most) states.Clear();
        states[(task, attempt)] = state;
    }

    public void Forget(Guid task, int attempt) => states.TryRemove((task, attempt), out _);
}
