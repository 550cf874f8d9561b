namespace OpenClaw.GrainInterfaces;

/// <summary>
/// Keys of all grains but tasks, whose key is their id. They are stored, in part, so a key that was once given stays as it is.
/// </summary>
public static class GrainKeys
{
    /// <summary>Prefix of <see cref="ForAgentSession"/>: statements that look for sessions in the store know it.</summary>
    public const string AgentSessionPrefix = "session:";

    private const string WorkerPrefix = "worker:";
    private const string DirectoryPrefix = "workers:";
    private const string TenantPrefix = "tenant:";
    private const string EnrolmentPrefix = "enrolment:";

    /// <summary>Of a worker's grain.</summary>
    public static string ForWorker(string tenant, string name) => $"{WorkerPrefix}{tenant}/{name}";

    /// <summary>Of the grain that knows all workers of a tenant.</summary>
    public static string ForWorkerDirectory(string tenant) => DirectoryPrefix + tenant;

    /// <summary>Of the queue that a tenant's tasks wait in; the common one costs no memory.</summary>
    public static string ForQueue(string tenant, string pool = "default") =>
        (tenant, pool) is ("default", "default") ? "default/default" : $"{tenant}/{pool}";

    /// <summary>Of an agent session.</summary>
    public static string ForAgentSession(string tenant, string key) => $"{AgentSessionPrefix}{tenant}/{key}";

    /// <summary>Of a token, by the id it carries.</summary>
    public static string ForToken(string id) => $"token:{id}";

    /// <summary>Of the grain that knows all tokens of a tenant.</summary>
    public static string ForTokenDirectory(string tenant) => $"tokens:{tenant}";

    /// <summary>Of the one grain that knows all tenants.</summary>
    public const string TenantDirectory = "tenants";

    /// <summary>Of a tenant and its people.</summary>
    public static string ForTenant(string name) => TenantPrefix + name;

    /// <summary>The name in a tenant's key.</summary>
    public static string ParseTenant(string key) => key.StartsWith(TenantPrefix, StringComparison.Ordinal)
        ? key[TenantPrefix.Length..]
        : throw new ArgumentException($"'{key}' is not tenant:name.", nameof(key));

    /// <summary>Of the grain that lets workers of a tenant join.</summary>
    public static string ForEnrolment(string tenant) => EnrolmentPrefix + tenant;

    /// <summary>The tenant of an enrolment's key.</summary>
    public static string ParseEnrolment(string key) => key.StartsWith(EnrolmentPrefix, StringComparison.Ordinal)
        ? key[EnrolmentPrefix.Length..]
        : throw new ArgumentException($"'{key}' is not enrolment:tenant.", nameof(key));

    /// <summary>Tenant and name of a worker's key.</summary>
    public static (string Tenant, string Name) ParseWorker(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !key.StartsWith(WorkerPrefix, StringComparison.Ordinal))
            throw new ArgumentException($"'{key}' is not worker:tenant/name.", nameof(key));
        return (key[WorkerPrefix.Length..slash], key[(slash + 1)..]);
    }

    /// <summary>The tenant of a directory's key.</summary>
    public static string ParseWorkerDirectory(string key) => key.StartsWith(DirectoryPrefix, StringComparison.Ordinal)
        ? key[DirectoryPrefix.Length..]
        : throw new ArgumentException($"'{key}' is not workers:tenant.", nameof(key));
}
