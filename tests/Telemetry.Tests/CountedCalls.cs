using System.Collections.Concurrent;

namespace OpenClaw.Telemetry.Tests;

/// <summary>Which grain methods were called, ours alone.</summary>
public sealed class CountedCalls : IIncomingGrainCallFilter
{
    private readonly ConcurrentQueue<string> calls = new();

    /// <summary>All calls so far, in order, as "ITaskGrain.Submit".</summary>
    public IReadOnlyList<string> All => [.. calls];

    public Task Invoke(IIncomingGrainCallContext context)
    {
        var type = context.InterfaceMethod.DeclaringType!;
        if (type.Namespace!.StartsWith("OpenClaw.", StringComparison.Ordinal)) calls.Enqueue($"{type.Name}.{context.InterfaceMethod.Name}");
        return context.Invoke();
    }
}
