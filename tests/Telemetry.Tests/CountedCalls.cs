using System.Collections.Concurrent;
using OpenClaw.GrainInterfaces.Queues;
using OpenClaw.GrainInterfaces.Tasks;

namespace OpenClaw.Telemetry.Tests;

/// <summary>Which grain methods were called for which task.</summary>
public sealed class CountedCalls : IIncomingGrainCallFilter
{
    private readonly ConcurrentQueue<(Guid Task, string Call)> calls = new();

    /// <summary>All calls for a task so far, in order, as "ITaskGrain.Submit". Those that nobody waits for come when they come.</summary>
    public IReadOnlyList<string> CallsFor(string task) => [.. calls.Where(call => call.Task == Guid.Parse(task)).Select(call => call.Call)];

    public Task Invoke(IIncomingGrainCallContext context)
    {
        var method = context.InterfaceMethod;
        if (TaskOf(context) is { } task) calls.Enqueue((task, $"{method.DeclaringType!.Name}.{method.Name}"));
        return context.Invoke();
    }

    private static Guid? TaskOf(IIncomingGrainCallContext context)
    {
        var type = context.InterfaceMethod.DeclaringType;
        if (type == typeof(ITaskGrain)) return context.TargetId.GetGuidKey();
        if (type != typeof(IQueueGrain) || context.Request.GetArgumentCount() == 0) return null;
        return context.Request.GetArgument(0) switch
        {
            QueueEntry entry => entry.Task,
            Guid task => task,
            Guid[] and [var task] => task,
            _ => null,
        };
    }
}
