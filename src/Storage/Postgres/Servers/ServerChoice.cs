using Microsoft.Extensions.Logging;
using Npgsql;

namespace OpenClaw.Storage.Postgres.Servers;

/// <summary>What a process makes of its connection string at the start.</summary>
internal static class ServerChoice
{
    private const int RecheckSeconds = 3;

    /// <summary>
    /// Of a string with several hosts: the one of the last promotion first, and no older primary at all. Where nothing is said of the kind
    /// of server it is the primary: a standby takes no writes.
    /// </summary>
    public static async Task<NpgsqlConnectionStringBuilder> SelectHosts(
        NpgsqlConnectionStringBuilder given, ILogger log, CancellationToken cancellation)
    {
        if (DatabaseHosts.ParseNames(given).Length < 2) return given;
        await using var hosts = new DatabaseHosts(given.ConnectionString);
        var (used, refusals) = HostRules.ChooseHosts(await hosts.ProbeServers(cancellation).ConfigureAwait(false));
        foreach (var refusal in refusals) log.ServerRefused(refusal);
        var settings = new NpgsqlConnectionStringBuilder(given.ConnectionString) { Host = string.Join(',', used) };
        // Npgsql wants none where there is nothing to choose from.
        if (used.Count == 1) settings.Remove("Target Session Attributes");
        else if (!settings.ShouldSerialize("Target Session Attributes")) settings.TargetSessionAttributes = "primary";
        // So long a promoted standby is not noticed, and nothing is written.
        if (!settings.ShouldSerialize("Host Recheck Seconds")) settings.HostRecheckSeconds = RecheckSeconds;
        return settings;
    }

    /// <summary>
    /// The string that was given, with the hosts that were chosen, and without prepared statements where a pooler would mix them up.
    /// </summary>
    public static string BuildConnectionString(string given, NpgsqlConnectionStringBuilder chosen, ServerHandshake handshake, ILogger log)
    {
        var route = new NpgsqlConnectionStringBuilder(given) { Host = chosen.Host, HostRecheckSeconds = chosen.HostRecheckSeconds };
        if (chosen.ShouldSerialize("Target Session Attributes")) route.TargetSessionAttributes = chosen.TargetSessionAttributes;
        else route.Remove("Target Session Attributes");
        if (!handshake.IsPooled) return route.ConnectionString;
        log.PoolerFound();
        if (!route.ShouldSerialize("Max Auto Prepare")) route["Max Auto Prepare"] = 0;
        else if (route.MaxAutoPrepare > 0) log.PoolerAndPreparing(route.MaxAutoPrepare);
        return route.ConnectionString;
    }
}
