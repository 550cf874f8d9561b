using System.Runtime.InteropServices;
using OpenClaw.Worker.Execution.Files.Roots;
using OpenClaw.Worker.FileSystems;

namespace OpenClaw.Worker.Execution.Files.Writing;

/// <summary>
/// One writer per file in this process, from reading or comparing the current content to renaming the new file into place. A file is known
/// by its folder's device and inode and its name, so all paths, links and mounts of a file share one lock. Writers of different files never
/// wait for each other.
/// </summary>
internal static class FileWriteLocks
{
    private static readonly Lock Guard = new();
    private static readonly Dictionary<(FileIdentity Folder, string Name), Queue> Queues = [];

    /// <summary>
    /// Waits for the lock of this file and takes it; disposing the result releases it. Blocks the thread. Throws
    /// OperationCanceledException when <paramref name="stop"/> fires first, so a writer that hangs on a dead mount delays others of the
    /// same file only until their own tasks time out.
    /// </summary>
    public static IDisposable Acquire(RootedPath place, CancellationToken stop)
    {
        var key = GetKey(place);
        Queue? queue;
        lock (Guard)
        {
            ref var found = ref CollectionsMarshal.GetValueRefOrAddDefault(Queues, key, out _);
            queue = found ??= new Queue();
            queue.Users++;
        }
        try
        {
            queue.Free.Wait(stop);
            return new WriteLock(() => LeaveQueue(key, queue, held: true));
        }
        catch
        {
            LeaveQueue(key, queue, held: false);
            throw;
        }
    }

    private static void LeaveQueue((FileIdentity Folder, string Name) key, Queue queue, bool held)
    {
        if (held) queue.Free.Release();
        lock (Guard)
        {
            // Queues are found and joined under this same lock, so nobody can be about to join one without users.
            if (--queue.Users > 0) return;
            Queues.Remove(key);
        }
        queue.Free.Dispose();
    }

    // Only the file system knows whether case matters. Folding it always lets two files share a lock at worst.
    private static (FileIdentity Folder, string Name) GetKey(RootedPath place) => OperatingSystem.IsWindows()
        ? (default, Path.Join(place.Folder.FullPath, place.Name).ToUpperInvariant())
        : (place.Folder.GetStatus(".").Identity, place.Name.ToUpperInvariant());

    private sealed class Queue
    {
        public SemaphoreSlim Free { get; } = new(1);
        public int Users { get; set; }
    }

    private sealed class WriteLock(Action leave) : IDisposable
    {
        private Action? leave = leave;

        public void Dispose() => Interlocked.Exchange(ref leave, null)?.Invoke();
    }
}
