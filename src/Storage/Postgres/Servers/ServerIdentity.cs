namespace OpenClaw.Storage.Postgres.Servers;

/// <summary>Which database a server has, and since which promotion.</summary>
/// <param name="System">PostgreSQL's number of it: a standby has the one of its primary. 0: the server does not tell.</param>
/// <param name="TimeLine">Counts promotions; 0: a standby, or the server does not tell.</param>
internal readonly record struct ServerIdentity(long System, int TimeLine)
{
    /// <summary>Nothing can be said.</summary>
    public bool IsUnknown => System == 0 || TimeLine == 0;
}

/// <summary>What a server is to a process that had another one, or the same, before.</summary>
internal enum ServerVerdict
{
    /// <summary>The same, or it can't be told.</summary>
    Same = 1,

    /// <summary>It was a standby of the one before and has taken over.</summary>
    Promoted = 2,

    /// <summary>It is a primary from before a promotion: what was written since is not on it.</summary>
    Old = 3,

    /// <summary>It has a database that never had to do with the one before.</summary>
    Foreign = 4,
}

/// <summary>Which server may answer after another one did.</summary>
internal static class ServerRules
{
    /// <summary>What a server is beside the one before it.</summary>
    public static ServerVerdict JudgeServer(ServerIdentity before, ServerIdentity now)
    {
        if (before.IsUnknown || now.IsUnknown) return ServerVerdict.Same;
        if (before.System != now.System) return ServerVerdict.Foreign;
        return now.TimeLine == before.TimeLine ? ServerVerdict.Same
            : now.TimeLine > before.TimeLine ? ServerVerdict.Promoted
            : ServerVerdict.Old;
    }

    /// <summary>Why a server is refused; null: it is not.</summary>
    public static string? ExplainRefusal(string server, ServerIdentity before, ServerIdentity now) => JudgeServer(before, now) switch
    {
        ServerVerdict.Old =>
            $"PostgreSQL at {server} is refused: it is an old primary (time line {now.TimeLine}), and a standby has taken over "
            + $"(time line {before.TimeLine}). Stop it, or make it a standby of the new one.",
        ServerVerdict.Foreign =>
            $"PostgreSQL at {server} is refused: it has another database (system {now.System}) than this process had "
            + $"({before.System}). If that is meant, start all silos and gateways anew.",
        _ => null,
    };
}
