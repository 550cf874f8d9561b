using System.Globalization;
using System.Runtime.InteropServices;

namespace OpenClaw.Worker.Processes.Unix.Cgroups;

/// <summary>
/// Holds a child back between fork and exec until it is in its control group, so that nothing it starts was ever outside. The child opens
/// a FIFO for reading, which waits for a writer; a thread of ours sees the child, puts it into the group and opens the other end.
/// </summary>
internal static unsafe partial class SpawnGate
{
    private const int PathOnly = 0x200000;
    private const int WriteOnly = 1;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private static readonly long GetTidCall = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 186 : 178;
    private static readonly Lazy<string?> Gate = new(Make);

    [LibraryImport("libc", EntryPoint = "mkfifo", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeFifo(string path, uint mode);
    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);
    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial long SystemCall(long number);

    /// <summary>
    /// Starts a program in the group; the answer is the spawn's. One at a time. <paramref name="inside"/>: it is in the group; else it may
    /// not run there.
    /// </summary>
    public static int Start(TaskCgroup group, Func<string?, int> spawn, out bool inside)
    {
        inside = false;
        var thread = (int)SystemCall(GetTidCall);
        if (Gate.Value is not { } gate || ChildrenOf(thread) is not { } before)
            return spawn(null);
        var usher = new Usher(group, gate, thread, [.. before]);
        var ushering = new Thread(usher.Run, 128 * 1024) { IsBackground = true, Name = "usher" };
        ushering.Start();
        var errno = spawn(gate);
        usher.Over = true;
        ushering.Join();
        inside = usher.Added;
        return errno;
    }

    /// <summary>Children that this thread has started; null when the kernel does not tell.</summary>
    private static int[]? ChildrenOf(int thread)
    {
        try
        {
            return [.. File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/self/task/{thread}/children"))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(text => int.Parse(text, CultureInfo.InvariantCulture))];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The FIFO has no name but that of our descriptor: nobody else can open it.</summary>
    private static string? Make()
    {
        var folder = Directory.CreateTempSubdirectory("openclaw-gate-").FullName;
        var path = Path.Combine(folder, "gate");
        try
        {
            var fd = MakeFifo(path, 0x180) == 0 ? Open(path, PathOnly | CloseOnExec) : -1;
            return fd < 0 ? null : string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{fd}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private sealed class Usher(TaskCgroup group, string gate, int thread, HashSet<int> before)
    {
        private volatile bool over;

        public bool Added { get; private set; }
        public bool Over { set => over = value; }

        public void Run()
        {
            var seen = false;
            while (!over)
            {
                if (!seen && ChildrenOf(thread)?.FirstOrDefault(child => !before.Contains(child)) is > 0 and var child)
                {
                    seen = true;
                    Added = group.Add(child);
                }
                if (seen && Open(gate, WriteOnly | NonBlocking | CloseOnExec) is >= 0 and var end)
                {
                    _ = Native.Close(end);
                    return;
                }
                Thread.Yield();
            }
        }
    }
}
