using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using OpenClaw.Protocol.Answers;
using OpenClaw.TestKit.Clients;

namespace OpenClaw.Cluster.Tests.Load;

/// <summary>Every call that was made, how it ended and how long it took.</summary>
internal sealed class History
{
    /// <summary>An answer that is not provably a gateway's, though nothing stands between: a fault.</summary>
    private const int NotOurs = 599;
    private static readonly TimeProvider Clock = TimeProvider.System;
    private readonly ConcurrentQueue<Call> calls = new();
    private readonly ConcurrentDictionary<string, int> openPolls = new();

    public IReadOnlyList<Call> Calls => [.. calls];

    /// <summary>Polls that are held open by a gateway just now.</summary>
    public int OpenPolls(string gateway) => openPolls.GetValueOrDefault(gateway);

    public static long Now => Clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Makes a plain call; null when there was no answer.</summary>
    public Task<Reply?> Make(
        GatewayAddress gateway, string what, string about, TimeSpan wait, Func<Task<Reply>> call, CancellationToken mine = default) =>
        Record(gateway, what, about, wait, async () =>
        {
            var reply = await call();
            return ((int)reply.Status, (Reply?)reply);
        }, mine);

    /// <summary>Makes a typed call; null when there was no answer.</summary>
    public Task<Answer<T>?> Ask<T>(
        GatewayAddress gateway, string what, string about, TimeSpan wait, Func<Task<Answer<T>>> call, CancellationToken mine = default) =>
        Record(gateway, what, about, wait, async () =>
        {
            var answer = await call();
            return (answer.Foreign is null ? answer.Problem?.Status ?? 200 : NotOurs, (Answer<T>?)answer);
        }, mine);

    private async Task<T?> Record<T>(
        GatewayAddress gateway, string what, string about, TimeSpan wait, Func<Task<(int Status, T?)>> call, CancellationToken mine)
    {
        var (begin, stamp) = (Now, Clock.GetTimestamp());
        Poll(1);
        try
        {
            var (status, value) = await call();
            Add(OutcomeOf(status, gateway), status);
            return value;
        }
        catch (Exception) when (mine.IsCancellationRequested)
        {
            // The caller hung up: nobody's fault.
            return default;
        }
        catch (Exception error)
            when (error is HttpRequestException or IOException or SocketException or TaskCanceledException or JsonException)
        {
            Add(gateway.Doomed ? CallOutcome.Doomed : CallOutcome.Broken, 0);
            return default;
        }
        finally
        {
            Poll(-1);
        }

        void Poll(int change)
        {
            if (what == "poll") openPolls.AddOrUpdate(gateway.Name, change, (_, open) => open + change);
        }

        void Add(CallOutcome outcome, int status)
        {
            var added = Math.Max(0, (Clock.GetElapsedTime(stamp) - wait).TotalMilliseconds);
            calls.Enqueue(new Call(what, about, gateway.Name, begin, Now, (long)added, outcome, status));
        }
    }

    private static CallOutcome OutcomeOf(int status, GatewayAddress gateway) => status switch
    {
        < 400 => CallOutcome.Ok,
        < 500 => CallOutcome.Refused,
        _ when gateway.Doomed => CallOutcome.Doomed,
        503 => CallOutcome.Unavailable,
        _ => CallOutcome.Failed,
    };

    public static string Milliseconds(TimeSpan time) => time.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture);
}
