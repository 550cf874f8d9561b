using System.Data.Common;
using System.Net.Sockets;
using OpenClaw.GrainInterfaces;
using Orleans.Runtime.Messaging;
using Orleans.Serialization;
using Orleans.Storage;

namespace OpenClaw.Gateway.Calls;

/// <summary>
/// The one table of failures after which a call is made again: the cluster or the store did not answer, and may in a moment. Every
/// call of ours may be repeated, so it does not matter whether the one that failed was carried out. Pure.
/// </summary>
internal static class TransientErrors
{
    /// <summary>Types that stay behind in the silo: what arrives of them here is their name.</summary>
    private static readonly HashSet<string> Names = new(StringComparer.Ordinal)
    {
        "OpenClaw.Storage.GroupCommit.StoreUnavailableException",
        "Npgsql.NpgsqlException",
        "Npgsql.PostgresException",
    };

    /// <summary>True when the same call may succeed in a moment. Whether somebody still wants it, the caller's own token says.</summary>
    public static bool IsTransient(Exception error) => error switch
    {
        // Seconds make no room.
        _ when ClusterErrors.IsDiskFull(error) => false,
        // The client of the cluster is closed.
        ObjectDisposedException => false,
        // A silo says this, too, of a call that waited for its place when the silo of the place was declared dead.
        TimeoutException or OperationCanceledException => true,
        // The silo went, is going, is full, or could not wake the grain.
        SiloUnavailableException or OrleansMessageRejectionException or ConnectionFailedException => true,
        GatewayTooBusyException or LimitExceededException or ClientNotAvailableException => true,
        // Another activation wrote first: the next call meets a fresh one.
        InconsistentStateException => true,
        // Its code does not cross the wire; most of what a database says to a sound statement is that it goes down or comes up.
        DbException database => database.IsTransient || database.SqlState is null,
        // The store failed while a grain's state was read or written by Orleans.
        OrleansException { InnerException: { } cause } wrapper when wrapper.GetType() == typeof(OrleansException) => IsTransient(cause),
        IOException or SocketException => true,
        UnavailableExceptionFallbackException unknown => Names.Contains(GetTypeName(unknown)),
        _ => false,
    };

    private static string GetTypeName(UnavailableExceptionFallbackException unknown)
    {
        var name = unknown.ExceptionType ?? "";
        var comma = name.IndexOf(',', StringComparison.Ordinal);
        return comma < 0 ? name : name[..comma];
    }
}
