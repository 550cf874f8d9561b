using OpenClaw.GrainInterfaces;
using OpenClaw.GrainInterfaces.Upgrades;

namespace OpenClaw.Gateway.Calls;

/// <summary>Puts the repeating of calls into a gateway whose silos are other processes.</summary>
internal static class CallsHosting
{
    /// <summary>For the client of a cluster. In one process with its silo there is nothing to wait for.</summary>
    public static IServiceCollection AddCallRetries(this IServiceCollection services) =>
        services.AddClusterErrors().AddHttpContextAccessor().AddSingleton<IOutgoingGrainCallFilter, RetryCallFilter>().AddOlderSilos();
}
