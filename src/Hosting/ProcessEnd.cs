using System.Diagnostics;
using System.Runtime.InteropServices;

namespace OpenClaw.Hosting;

/// <summary>The end of this process, at once and whatever hangs in it.</summary>
internal static partial class ProcessEnd
{
    /// <summary>How long its last words may take: whoever reads standard error may have stopped reading.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Says one line on standard error and is gone: nothing is stopped, flushed or waited for. Not by a signal to itself, which the
    /// kernel throws away for process 1 of a container without a word, be it SIGKILL.
    /// </summary>
    public static void ExitNow(int exitCode, string? lastWords = null)
    {
        if (lastWords is not null)
        {
            var speaking = new Thread(() => Console.Error.WriteLine(lastWords)) { IsBackground = true };
            speaking.Start();
            speaking.Join(LastWords);
        }
        if (OperatingSystem.IsWindows()) Process.GetCurrentProcess().Kill();
        else ExitGroup(exitCode);
    }

    /// <summary>Ends all threads, hung ones too, and runs no handler of anybody's.</summary>
    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void ExitGroup(int exitCode);
}
