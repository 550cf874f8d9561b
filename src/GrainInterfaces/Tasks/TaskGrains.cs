namespace OpenClaw.GrainInterfaces.Tasks;

/// <summary>
/// References to task grains without the factory's look-up of the interface, which reads attributes by reflection every time (6 % of the
/// server's CPU under load, measured). What it finds is the same for every task and every factory.
/// </summary>
public static class TaskGrains
{
    private static Ids? known;

    /// <summary>The task with this id, whether it exists or not.</summary>
    public static ITaskGrain GetTaskGrain(this IGrainFactory grains, Guid id)
    {
        if (known is { } ids)
            return (ITaskGrain)grains.GetGrain(GrainId.Create(ids.Type, GrainIdKeyExtensions.CreateGuidKey(id)), ids.Interface);
        var task = grains.GetGrain<ITaskGrain>(id);
        // A stand-in of a test is no reference and teaches nothing.
        if (task is GrainReference reference) known = new(reference.GrainId.Type, reference.InterfaceType);
        return task;
    }

    private sealed record Ids(GrainType Type, GrainInterfaceType Interface);
}
