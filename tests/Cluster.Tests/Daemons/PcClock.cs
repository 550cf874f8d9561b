using System.Globalization;

namespace OpenClaw.Cluster.Tests.Daemons;

/// <summary>
/// The wall clock of one daemon, by libfaketime; its monotonic clock goes on as it is, as a PC's does when somebody sets the clock.
/// </summary>
internal sealed class PcClock
{
    private static readonly string[] Places = 
        ["/usr/lib/x86_64-linux-gnu/faketime", "/usr/lib/aarch64-linux-gnu/faketime", "/usr/lib/faketime"];
    private readonly string _file;

    public PcClock(string folder) => _file = Path.Combine(folder, "clock");

    /// <summary>For a process that is to go by it. Fails where the library is missing.</summary>
    public IEnumerable<(string Name, string Value)> Environment
    {
        get
        {
            if (!File.Exists(_file)) Step(TimeSpan.Zero);
            var library = Places.Select(place => Path.Combine(place, "libfaketimeMT.so.1")).FirstOrDefault(File.Exists);
            Assert.True(library is not null, "libfaketime is needed: apt-get install faketime");
            return
            [
                ("LD_PRELOAD", library), ("FAKETIME_TIMESTAMP_FILE", _file), ("FAKETIME_CACHE_DURATION", "1"),
                ("FAKETIME_DONT_FAKE_MONOTONIC", "1"), ("FAKETIME_DONT_RESET", "1"),
            ];
        }
    }

    /// <summary>From now on it is off by so much.</summary>
    public void Step(TimeSpan by)
    {
        var next = _file + ".next";
        var sign = by < TimeSpan.Zero ? "-" : "+";
        File.WriteAllText(next, string.Create(CultureInfo.InvariantCulture, $"{sign}{Math.Abs(by.TotalSeconds):0}\n"));
        File.Move(next, _file, overwrite: true);
    }
}
