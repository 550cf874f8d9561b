using System.Runtime.InteropServices;
using OpenClaw.Worker.Execution.Files.Roots;

namespace OpenClaw.Worker.Execution.Files.Writing;

/// <summary>
/// One writer a file at a time in this process, from reading or comparing what is there to putting the new file in its place. A file is its
/// name in a folder, and the folder is known by device and inode, so all paths, links and mounts of a file meet. Writers of other files
/// never wait for each other.
/// </summary>
internal static class FileWriteLocks
{
    private static readonly Lock Guard = new();
    private static readonly Dictionary<(FileIdentity Folder, string Name), Queue> Queues = [];

    /// <summary>
    /// Waits for the turn of this file, which lasts until it is disposed of. Blocks; an OperationCanceledException when
    /// <paramref name="stop"/> fires first: a writer that hangs on a dead mount holds those who want the same file, and each of them no
    /// longer than its own task may take.
    /// </summary>
    public static IDisposable Acquire(RootedPath place, CancellationToken stop)
    {
        var key = KeyOf(place);
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
            return new WriteLock(() => Leave(key, queue, held: true));
        }
        catch
        {
            Leave(key, queue, held: false);
            throw;
        }
    }

    private static void Leave((FileIdentity Folder, string Name) key, Queue queue, bool held)
    {
        if (held) queue.Free.Release();
        lock (Guard)
        {
            // Nobody can join a queue without users: it is found under the same lock.
            if (--queue.Users > 0) return;
            Queues.Remove(key);
        }
        queue.Free.Dispose();
    }

    // Whether small and capital letters are the same there only the file system knows. Where they are not, two files share a turn: no harm.
    private static (FileIdentity Folder, string Name) KeyOf(RootedPath place) => OperatingSystem.IsWindows()
        ? (default, Path.Join(place.Folder.FullPath, place.Name).ToUpperInvariant())
        : (place.Folder.Status(".").Identity, place.Name.ToUpperInvariant());

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
