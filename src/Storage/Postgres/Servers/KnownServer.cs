using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace OpenClaw.Storage.Postgres.Servers;

/// <summary>The server whose database this process has, and the verdict on others that answer in its place. Any thread asks.</summary>
internal sealed class KnownServer(ILogger? log = null)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(10);
    private readonly ILogger log = log ?? NullLogger.Instance;
    private readonly Lock gate = new();
    private ServerIdentity identity;
    private long said;
    private volatile string? refusal;

    /// <summary>What stands between this process and the server, as the last handshake had it.</summary>
    public bool IsPooled { get; private set; }

    /// <summary>The one this process has; unknown until one answered.</summary>
    public ServerIdentity Identity
    {
        get
        {
            lock (gate) return identity;
        }
    }

    /// <summary>Why the server behind a pooler is refused; null: it is not.</summary>
    public string? Refusal => refusal;

    /// <summary>Takes a handshake in; why its server is refused, or null.</summary>
    public string? CheckHandshake(string server, ServerHandshake handshake)
    {
        lock (gate)
        {
            IsPooled = handshake.IsPooled;
            var before = identity;
            var message = ServerRules.ExplainRefusal(server, before, handshake.Identity);
            if (handshake.IsPooled) refusal = message;
            if (message is not null) LogRefusal(message);
            else if (!handshake.Identity.IsUnknown) identity = handshake.Identity;
            if (ServerRules.JudgeServer(before, identity) == ServerVerdict.Promoted)
                log.ServerPromoted(server, before.TimeLine, identity.TimeLine);
            return message;
        }
    }

    /// <summary>Before each use of a connection through a pooler: behind it the server may be another by now.</summary>
    /// <exception cref="NpgsqlException">With the refusal.</exception>
    public void ThrowIfRefused()
    {
        if (refusal is { } message) throw new NpgsqlException(message);
    }

    private void LogRefusal(string message)
    {
        var now = System.Diagnostics.Stopwatch.GetTimestamp();
        if (said != 0 && System.Diagnostics.Stopwatch.GetElapsedTime(said, now) < Quiet) return;
        said = now;
        log.ServerRefused(message);
    }
}
