using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace OpenClaw.Worker.Logging;

/// <summary>
/// Windows' event log, the list "Application". The source is not registered, for that takes an administrator: the viewer shows the line
/// beneath a sentence that it knows no description. A log that can't be written is passed over.
/// </summary>
[SupportedOSPlatform("windows")]
internal static unsafe partial class WindowsEventLog
{
    private const string Source = "openclaw-worker";
    private const ushort Information = 4;
    private const uint EventNumber = 1;

    [LibraryImport("advapi32.dll", EntryPoint = "RegisterEventSourceW", StringMarshalling = StringMarshalling.Utf16)]
    private static partial nint RegisterSource(string? server, string source);
    [LibraryImport("advapi32.dll", EntryPoint = "ReportEventW")]
    private static partial int ReportEvent(
        nint log, ushort type, ushort category, uint number, nint user, ushort texts, uint dataSize, char** text, nint data);
    [LibraryImport("advapi32.dll", EntryPoint = "DeregisterEventSource")]
    private static partial int CloseSource(nint log);

    /// <summary>Writes one event; never fails.</summary>
    public static void WriteEvent(string text)
    {
        var log = RegisterSource(null, Source);
        if (log == 0) return;
        fixed (char* letters = text)
        {
            var first = letters;
            _ = ReportEvent(log, Information, 0, EventNumber, 0, 1, 0, &first, 0);
        }
        _ = CloseSource(log);
    }
}
