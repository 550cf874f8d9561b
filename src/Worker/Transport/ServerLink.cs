using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Tasks;
using OpenClaw.Protocol.Workers;

namespace OpenClaw.Worker.Transport;

/// <summary>
/// The worker's calls to the gateway, each with its time limit. Heartbeats have connections of their own: a large output or a held
/// poll never stands in front of one.
/// </summary>
internal sealed class ServerLink : IDisposable
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);
    private readonly HttpClient work;
    private readonly HttpClient pulse;
    private readonly WorkersClient workers;
    private readonly WorkersClient heartbeats;
    private readonly AttemptsClient attempts;
    private readonly TimeProvider clock;

    public ServerLink(Uri url, string token, TimeProvider clock)
    {
        this.clock = clock;
        work = Client(url, token);
        pulse = Client(url, token);
        workers = new WorkersClient(work);
        heartbeats = new WorkersClient(pulse);
        attempts = new AttemptsClient(work);
    }

    public Task<Reply<SessionOpened>> Open(OpenSession open, CancellationToken cancellation) =>
        Ask(token => workers.Open(open, token), Short, cancellation);

    public Task<Reply<JsonElement>> Close(string session, CancellationToken cancellation) =>
        Ask(token => workers.Close(new CloseSession(session), token), Short, cancellation);

    public Task<Reply<PollAnswer>> Poll(Poll poll, CancellationToken cancellation) =>
        Ask(token => workers.Poll(poll, token), TimeSpan.FromMilliseconds(poll.Wait) + Short, cancellation);

    public Task<Reply<HeartbeatAnswer>> Heartbeat(Heartbeat heartbeat, CancellationToken cancellation) =>
        Ask(token => heartbeats.Heartbeat(heartbeat, token), Short, cancellation);

    public Task<Reply<StartedAttempt>> Start(string attemptId, string session, CancellationToken cancellation) =>
        Ask(token => attempts.Start(attemptId, new StartAttempt(session), token), Short, cancellation);

    public Task<Reply<JsonElement>> Append(string attemptId, AppendOutput output, CancellationToken cancellation) =>
        Ask(token => attempts.Append(attemptId, output, token), Long, cancellation);

    public Task<Reply<ResultTaken>> Finish(string attemptId, AttemptResult result, CancellationToken cancellation) =>
        Ask(token => attempts.Finish(attemptId, result, token), Long, cancellation);

    public void Dispose()
    {
        work.Dispose();
        pulse.Dispose();
    }

    /// <summary>Throws only when <paramref name="cancellation"/> itself fired.</summary>
    private async Task<Reply<T>> Ask<T>(Func<CancellationToken, Task<Answer<T>>> call, TimeSpan limit, CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
        try
        {
            var answer = await call(either.Token).ConfigureAwait(false);
            return new Reply<T>(answer.Value, answer.Problem, null);
        }
        catch (Exception failure) when (Retryable.Is(failure) && !cancellation.IsCancellationRequested)
        {
            return new Reply<T>(default, null, late.IsCancellationRequested ? "no answer in time" : failure.Message);
        }
    }

    private static HttpClient Client(Uri url, string token)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = Short,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
        };
        var client = new HttpClient(handler) { BaseAddress = url, Timeout = System.Threading.Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }
}
