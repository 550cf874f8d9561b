namespace OpenClaw.GrainInterfaces.Workers;

/// <summary>Names no daemon can have.</summary>
public static class ReservedNames
{
    /// <summary>All workers of the compatible protocol that give themselves no name.</summary>
    public const string CompatibleWorkers = "compat";
}
