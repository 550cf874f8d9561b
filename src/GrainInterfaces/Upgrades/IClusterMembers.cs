namespace OpenClaw.GrainInterfaces.Upgrades;

/// <summary>The silos that take part by the membership table, which has a silo before others have its manifest.</summary>
public interface IClusterMembers
{
    /// <summary>
    /// Addresses of the active silos, or of their gateways, which differ in the port alone. Another list after each change; null: nothing
    /// is known yet.
    /// </summary>
    IReadOnlyList<SiloAddress>? Active { get; }
}
