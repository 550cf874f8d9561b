using System.ComponentModel;
using System.Runtime.InteropServices;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.Worker.Tests.FileSystems;

/// <summary>
/// A folder whose file system answers nothing, as a share whose server has gone: a FUSE mount nobody serves. Whoever touches it waits until
/// it is revived or unmounted. Needs Linux, root and /dev/fuse, and says so: without them nothing here would be shown.
/// </summary>
internal sealed class DeadMount : IDisposable
{
    private const int ReadWrite = 2;
    private const int CloseOnExec = 0x80000;
    private const int Detach = 2;
    private readonly TemporaryFolder folder = new();
    private readonly int device;
    private bool alive;

    public DeadMount()
    {
        Directory.CreateDirectory(Path);
        device = Open("/dev/fuse", ReadWrite | CloseOnExec);
        if (device < 0 || Mount("dead", Path, "fuse", 0, $"fd={device},rootmode=40000,user_id=0,group_id=0") != 0)
            throw new InvalidOperationException(
                $"no dead mount could be made: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}. "
                + "This test needs to run as root on Linux with /dev/fuse.");
    }

    public string Path => folder.File("mount");

    public string At(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>
    /// From now on whoever touches a name that somebody waits for already is not even ended by SIGKILL, as with a server that died over a
    /// request.
    /// </summary>
    public void SwallowRequest(string name)
    {
        Assert.NotEqual(0, Read(device, new byte[128 * 1024], 128 * 1024));
        new Thread(() => File.Exists(At(name))) { IsBackground = true }.Start();
    }

    /// <summary>It answers from now on: that it is gone. Whoever waited comes back.</summary>
    public void Revive()
    {
        if (alive) return;
        alive = true;
        _ = Unmount(Path, Detach);
        _ = Close(device);
    }

    public void Dispose()
    {
        Revive();
        folder.Dispose();
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false)]
    private static extern int Open(string path, int flags);
    [DllImport("libc", EntryPoint = "read")]
    private static extern nint Read(int fd, byte[] buffer, nint count);
    [DllImport("libc", EntryPoint = "close")]
    private static extern int Close(int fd);
    [DllImport("libc", EntryPoint = "mount", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false)]
    private static extern int Mount(string source, string target, string type, ulong flags, string data);
    [DllImport("libc", EntryPoint = "umount2", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false)]
    private static extern int Unmount(string target, int flags);
}
