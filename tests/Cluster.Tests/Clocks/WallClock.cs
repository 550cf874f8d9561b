using System.Buffers.Binary;
using System.Diagnostics;

namespace OpenClaw.Cluster.Tests.Clocks;

/// <summary>
/// The wall clock of one process; its monotonic clock goes on as it is, as a machine's does when somebody sets the clock. libfaketime can
/// do this, too, but a server under it takes four times the processor and stands still on a busy machine.
/// </summary>
/// <param name="file">Tells the process how far off its clock is.</param>
internal sealed class WallClock(string file)
{
    private static readonly Lazy<string> Library = new(Compile);

    /// <summary>For a process that is to go by it.</summary>
    public IEnumerable<(string Name, string Value)> Environment
    {
        get
        {
            if (!File.Exists(file)) Step(TimeSpan.Zero);
            return [("LD_PRELOAD", Library.Value), ("WALL_CLOCK_FILE", file)];
        }
    }

    /// <summary>From now on it is off by so much.</summary>
    public void Step(TimeSpan by)
    {
        var seconds = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(seconds, (long)by.TotalSeconds);
        // Written in place: processes have it mapped.
        using var open = new FileStream(file, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
        open.Write(seconds);
    }

    private static string Compile()
    {
        var source = Path.Combine(AppContext.BaseDirectory, "Clocks", "wall-clock.c");
        var library = Path.ChangeExtension(source, ".so");
        using var compiler = Process.Start("clang", ["-shared", "-fPIC", "-O2", "-Wall", "-Werror", "-o", library, source]);
        compiler.WaitForExit();
        Assert.Equal(0, compiler.ExitCode);
        return library;
    }
}
