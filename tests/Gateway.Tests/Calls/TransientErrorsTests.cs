using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OpenClaw.Gateway.Calls;
using OpenClaw.GrainInterfaces;
using OpenClaw.Storage.GroupCommit;
using Orleans.Runtime.Messaging;
using Orleans.Serialization;
using Orleans.Storage;

namespace OpenClaw.Gateway.Tests.Calls;

/// <summary>After which failures a call is made again.</summary>
public sealed class TransientErrorsTests
{
    [Theory]
    [InlineData(typeof(TimeoutException), true)]
    [InlineData(typeof(SiloUnavailableException), true)]
    [InlineData(typeof(OrleansMessageRejectionException), true)]
    [InlineData(typeof(ConnectionFailedException), true)]
    [InlineData(typeof(GatewayTooBusyException), true)]
    [InlineData(typeof(LimitExceededException), true)]
    [InlineData(typeof(ClientNotAvailableException), true)]
    [InlineData(typeof(InconsistentStateException), true)]
    [InlineData(typeof(StoreUnavailableException), true)]
    [InlineData(typeof(IOException), true)]
    [InlineData(typeof(SocketException), true)]
    [InlineData(typeof(OrleansConfigurationException), false)]
    [InlineData(typeof(GrainExtensionNotInstalledException), false)]
    [InlineData(typeof(OperationCanceledException), true)]
    [InlineData(typeof(TaskCanceledException), true)]
    [InlineData(typeof(ObjectDisposedException), false)]
    [InlineData(typeof(InvalidOperationException), false)]
    [InlineData(typeof(ArgumentException), false)]
    [InlineData(typeof(NullReferenceException), false)]
    [InlineData(typeof(UnavailableExceptionFallbackException), false)]
    public void A_call_is_repeated_after_what_may_pass_and_only_then(Type failure, bool repeated) =>
        Assert.Equal(repeated, TransientErrors.IsTransient((Exception)RuntimeHelpers.GetUninitializedObject(failure)));

    [Fact]
    public void A_full_disk_has_no_room_in_a_moment_either()
    {
        var full = new IOException("no room", ClusterErrors.DiskFull);
        Assert.False(TransientErrors.IsTransient(full));
        Assert.False(TransientErrors.IsTransient(new OrleansException("a grain's state", full)));
    }

    [Fact]
    public void A_full_disk_is_known_as_one_behind_the_wire_of_the_cluster()
    {
        using var services = new ServiceCollection().AddSerializer().AddClusterErrors().BuildServiceProvider();
        var serializer = services.GetRequiredService<Serializer>();
        var full = StoreUnavailableException.Full("no room", new TimeoutException("inner"));

        var arrived = serializer.Deserialize<Exception>(serializer.SerializeToArray<Exception>(full))!;

        Assert.Equal(("no room", true), (arrived.Message, ClusterErrors.IsDiskFull(arrived)));
    }

    [Fact]
    public void A_database_says_itself_whether_it_may_pass()
    {
        Assert.True(TransientErrors.IsTransient(new NpgsqlException("gone", new IOException())));
        Assert.False(TransientErrors.IsTransient(new PostgresException("a unique key", "ERROR", "ERROR", "23505")));
        Assert.True(TransientErrors.IsTransient(new PostgresException("the database is starting up", "FATAL", "FATAL", "57P03")));
    }

    [Fact]
    public void Orleans_own_words_about_a_store_are_judged_by_what_is_inside()
    {
        Assert.True(
            TransientErrors.IsTransient(new OrleansException("Error from storage provider", new StoreUnavailableException("gone", null))));
        Assert.False(TransientErrors.IsTransient(new OrleansException("Error from storage provider", new ArgumentException("a defect"))));
        Assert.False(TransientErrors.IsTransient(new OrleansException("something else")));
    }

    [Theory]
    [InlineData("OpenClaw.Storage.GroupCommit.StoreUnavailableException, OpenClaw.Storage", true)]
    [InlineData("Npgsql.NpgsqlException, Npgsql", true)]
    [InlineData("Npgsql.PostgresException, Npgsql", true)]
    [InlineData("OpenClaw.Storage.Other", false)]
    [InlineData(null, false)]
    public void An_exception_that_only_the_silo_has_is_known_by_its_name(string? type, bool repeated)
    {
        var failure = new UnavailableExceptionFallbackException();
        typeof(UnavailableExceptionFallbackException).GetProperty(nameof(failure.ExceptionType))!
            .GetSetMethod(nonPublic: true)!.Invoke(failure, [type]);
        Assert.Equal(repeated, TransientErrors.IsTransient(failure));
    }
}
