using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace OpenClaw.GrainInterfaces;

/// <summary>How failures cross the wire of the cluster.</summary>
public static class ClusterErrors
{
    /// <summary>
    /// The number that an <see cref="IOException"/> has when a disk is full: ERROR_DISK_FULL. It crosses the wire with the exception.
    /// </summary>
    public const int DiskFull = unchecked((int)0x80070070);

    /// <summary>
    /// True when the store, or something it called, says that there is no room on its disk: nothing was stored, and the same again is of no
    /// use until somebody makes room.
    /// </summary>
    public static bool IsDiskFull(Exception? failure)
    {
        // 53100: PostgreSQL's disk_full, of a statement that did not go through the writer of batches.
        for (; failure is not null; failure = failure.InnerException)
            if (failure is IOException { HResult: DiskFull } or DbException { SqlState: "53100" }) return true;
        return false;
    }

    /// <summary>
    /// For silos and for their clients: failures of the store arrive as what they are, so that a caller can tell a moment's outage from a
    /// defect. Of a type that the receiver does not have its name arrives. Without this both would be the serializer's own error.
    /// </summary>
    public static IServiceCollection AddClusterErrors(this IServiceCollection services) =>
        services.Configure<ExceptionSerializationOptions>(options =>
        {
            options.SupportedNamespacePrefixes.Add("OpenClaw");
            options.SupportedNamespacePrefixes.Add("Npgsql");
        });
}
