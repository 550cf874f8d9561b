using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace OpenClaw.GrainInterfaces;

/// <summary>How failures cross the wire of the cluster.</summary>
public static class ClusterFailures
{
    /// <summary>
    /// For silos and for their clients: failures of the store arrive as what they are, so that a caller can tell a moment's outage from a
    /// defect. Of a type that the receiver does not have its name arrives. Without this both would be the serializer's own error.
    /// </summary>
    public static IServiceCollection AddClusterFailures(this IServiceCollection services) =>
        services.Configure<ExceptionSerializationOptions>(options =>
        {
            options.SupportedNamespacePrefixes.Add("OpenClaw");
            options.SupportedNamespacePrefixes.Add("Npgsql");
        });
}
