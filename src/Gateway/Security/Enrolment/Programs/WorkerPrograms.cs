using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace OpenClaw.Gateway.Security.Enrolment.Programs;

/// <summary>The worker's program for one platform: a file of the operator's, and its hash.</summary>
internal sealed record WorkerProgram(string Platform, string File, long Bytes, DateTime WrittenAt, string Sha256);

/// <summary>
/// The folder of the worker's programs, as <c>publish.sh</c> fills it. It may be filled and changed while the server runs. What is asked
/// for is compared with the names of the platforms; no path is made of anything else.
/// </summary>
internal sealed class WorkerPrograms(string? folder)
{
    /// <summary>Those that publish.sh knows.</summary>
    public static readonly string[] Platforms =
    [
        "linux-arm", "linux-arm64", "linux-musl-arm64", "linux-musl-x64", "linux-x64", "osx-arm64", "osx-x64", "win-arm64", "win-x64",
        "win-x86",
    ];

    private readonly ConcurrentDictionary<string, WorkerProgram> known = [];
    private readonly SemaphoreSlim hashing = new(1);

    /// <summary>How many files were read whole so far.</summary>
    internal int HashCount { get; private set; }

    /// <summary>All that are there now, by platform.</summary>
    public async ValueTask<WorkerProgram[]> FindAll(CancellationToken cancellation)
    {
        var found = new List<WorkerProgram>();
        foreach (var platform in Platforms)
            if (await Find(platform, cancellation) is { } program) found.Add(program);
        return [.. found];
    }

    /// <summary>The program of a platform; null: there is none, or no such platform.</summary>
    public async ValueTask<WorkerProgram?> Find(string platform, CancellationToken cancellation)
    {
        if (folder is null || Array.IndexOf(Platforms, platform) < 0) return null;
        try
        {
            var ending = platform.StartsWith("win-", StringComparison.Ordinal) ? ".exe" : "";
            var file = new FileInfo(Path.Combine(folder, platform, "openclaw-worker" + ending));
            if (!file.Exists) return null;
            return FindKnown(platform, file) ?? await ReadHash(platform, file, cancellation);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Just being replaced, or not for this account: it is not there.
            return null;
        }
    }

    /// <summary>
    /// Once, however many strangers ask for it at a time; whoever goes away meanwhile does not make the next one begin anew.
    /// </summary>
    private async Task<WorkerProgram> ReadHash(string platform, FileInfo file, CancellationToken cancellation)
    {
        await hashing.WaitAsync(cancellation);
        try
        {
            file.Refresh();
            if (FindKnown(platform, file) is { } already) return already;
            HashCount++;
            await using var content = file.OpenRead();
            var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(content, CancellationToken.None));
            return known[platform] = new WorkerProgram(platform, file.FullName, file.Length, file.LastWriteTimeUtc, hash);
        }
        finally
        {
            hashing.Release();
        }
    }

    private WorkerProgram? FindKnown(string platform, FileInfo file) =>
        known.TryGetValue(platform, out var before) && before.Bytes == file.Length && before.WrittenAt == file.LastWriteTimeUtc
            ? before : null;
}
