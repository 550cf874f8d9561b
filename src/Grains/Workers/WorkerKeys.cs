namespace OpenClaw.Grains.Workers;

/// <summary>Keys of the worker grains, as their interfaces document them.</summary>
internal static class WorkerKeys
{
    private const string WorkerPrefix = "worker:";
    private const string DirectoryPrefix = "workers:";

    public static string Worker(string tenant, string name) => $"{WorkerPrefix}{tenant}/{name}";

    /// <summary>The queue its sessions poll.</summary>
    public static string Queue(string tenant) => $"{tenant}/default";

    public static string Directory(string tenant) => DirectoryPrefix + tenant;

    public static (string Tenant, string Name) Parse(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !key.StartsWith(WorkerPrefix, StringComparison.Ordinal))
            throw new ArgumentException($"'{key}' is not worker:tenant/name.", nameof(key));
        return (key[WorkerPrefix.Length..slash], key[(slash + 1)..]);
    }

    public static string TenantOf(string directoryKey) => directoryKey.StartsWith(DirectoryPrefix, StringComparison.Ordinal)
        ? directoryKey[DirectoryPrefix.Length..]
        : throw new ArgumentException($"'{directoryKey}' is not workers:tenant.", nameof(directoryKey));
}
