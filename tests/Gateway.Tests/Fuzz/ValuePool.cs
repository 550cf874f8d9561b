namespace OpenClaw.Gateway.Tests.Fuzz;

/// <summary>Values that mean something to this gateway, by the name of the field, and some that mean nothing.</summary>
internal sealed class ValuePool(Random random, IReadOnlyDictionary<string, string> names)
{
    private const string Digest = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    private const string Missing = "0198c0de-0000-7000-8000-000000000001";

    private static readonly string[] WildPaths =
    [
        "", "x", "..", "%2e%2e", "a%2fb", "%00", "%c0%af", "A", "*", "-", "x;y=1", "0", "99999999999999999999", "%", "%zz", "nobody", "%20",
    ];

    private static readonly string[] WildQueries =
    [
        "", "-1", "0", "1", "501", "abc", "1.5", "1e400", "NaN", "%00", "%ff", "true", "false", "99999999999999999999", "%2B1", "a,b",
        "stdout", "running",
    ];

    /// <summary>A wait that is refused.</summary>
    public string WrongWait() => Choose("-1", "\"abc\"", "1e400", "NaN", "1.5", "null", "9223372036854775808", "[]", "{}", "true", "\"1\"");

    public string ShortWait() => Choose("0", "1", "5");

    public string ChooseNumber(string name) => name switch
    {
        "priority" => Choose("0", "5", "9"),
        "maxAttempts" or "freeSlots" or "maxConcurrent" or "exitCode" or "sequence" => Choose("0", "1", "2"),
        "offset" => Choose("0", "5", "6"),
        _ => Choose("1", "1000", "60000"),
    };

    public string ChooseText(string name) => name switch
    {
        "session" => Choose(names["SESSION"], names["SESSION"], names["OTHER_SESSION"], names["OLD_SESSION"], "pc.1.00"),
        "worker" => Choose("pc", "pc-other", "nobody", names["FOREIGN_WORKER"]),
        "held" or "attempts" or "reporting" => ChooseAttempt(),
        "taskId" => ChooseTask(),
        "name" or "labels" or "formerNames" => Choose("pc", "nobody", "gpu", "a-name"),
        "kind" or "kinds" => Choose("command", "file-read", "own-kind", "claude-cli"),
        "os" => "linux",
        "arch" => "x64",
        "stream" => Choose("stdout", "stderr"),
        "data" => Choose("aGVsbG8=", "", "AA=="),
        "outcome" => Choose("succeeded", "failed", "timed_out", "cancelled", "rejected", "lost"),
        "decision" => Choose("approve", "reject"),
        "digest" or "sha256" or "fileSha256" or "pieceSha256" => Digest,
        "role" => Choose("client", "worker", "admin"),
        "scopes" => Choose("tasks:read", "tasks:submit", "tasks:payload", "workers:read", "tokens:admin"),
        "sessionId" => Choose(Missing, "01234567"),
        "channel" or "callbackChannel" => "not a channel",
        "encoding" => Choose("utf8", "base64"),
        "permissionMode" => Choose("default", "plan", "acceptEdits"),
        "key" => Choose("A", "PATH", "a key"),
        "secret" => Choose(names["SECRET"], names["CLIENT"], names["WORKER"]),
        _ => Choose("x", "echo hello", "/tmp/x", "~/x", names["SECRET"]),
    };

    public string ChooseWildName() =>
        Choose("", "__proto__", "workr", "Worker", "a.b", "\u202e", names["CLIENT"], new string('n', 300));

    /// <summary>What stands for a parameter of the path.</summary>
    public string ChoosePathPart(string path) =>
        random.Next(6) == 0 ? WildPaths[random.Next(WildPaths.Length)]
        : path.StartsWith("/worker/attempts", StringComparison.Ordinal) ? ChooseAttempt()
        : path.StartsWith("/tasks", StringComparison.Ordinal) ? ChooseTask()
        : path.StartsWith("/workers", StringComparison.Ordinal) ? Choose("pc", "pc-other", "nobody", names["FOREIGN_WORKER"])
        : Choose("0123456789", names["SPARE_TOKEN"]);

    /// <summary>What stands for a parameter of the query; a wait is short or wrong.</summary>
    public string ChooseQuery(string name) => name switch
    {
        "wait" => Choose("0", "1", "-1", "abc", "", "1.5", "NaN"),
        "worker" or "name" when random.Next(2) == 0 => Choose("pc-compat", "nobody", "pc"),
        _ => WildQueries[random.Next(WildQueries.Length)],
    };

    /// <summary>A token, mostly a good one of some kind; null: none.</summary>
    public string? ChooseToken(string path) => random.Next(12) switch
    {
        0 => null,
        1 => names[Choose("UNKNOWN", "REVOKED", "EXPIRED", "TYPO", "WRONG-SECRET")],
        2 => Choose("", "x", "ocl_", new string('t', 500)),
        3 => names[Choose("CLIENT", "WORKER", "ADMIN", "SHARED")],
        _ when path.StartsWith("/worker/", StringComparison.Ordinal) => names[Choose("WORKER", "WORKER", "WORKER", "SHARED")],
        _ => names[Choose("CLIENT", "ADMIN", "ADMIN", "BLIND", "NARROWED")],
    };

    public string Choose(params string[] some) => some[random.Next(some.Length)];

    private string ChooseAttempt() => Choose(names["ATTEMPT"], names["OTHER_ATTEMPT"], names["ENDED_ATTEMPT"], names["STALE_ATTEMPT"],
        names["FOREIGN_ATTEMPT"], names["STALE_TASK"] + ".2", Missing + ".1");

    private string ChooseTask() => Choose(names["TASK"], names["OTHER_TASK"], names["STALE_TASK"], names["FOREIGN_TASK"], Missing);
}
