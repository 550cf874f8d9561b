using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace OpenClaw.Worker.Logging;

/// <summary>
/// The system's own log, for whoever defends the PC: a line for each session and each start and end of a task. It is one datagram to the
/// socket that syslog and journald listen on (RFC 3164's form); what does not get through at once is dropped, for no task waits for a log.
/// On Windows it is an event, only where the setting says so.
/// </summary>
internal sealed class SystemLog(string socketPath, TimeProvider clock)
{
    private const string Linux = "/dev/log";
    private const string Mac = "/var/run/syslog";
    private const string Windows = "event-log";
    /// <summary>Facility user (1), severity info (6).</summary>
    private const int Priority = (1 * 8) + 6;
    private const int LongestText = 900;
    /// <summary>What fits into a socket's address everywhere.</summary>
    private const int LongestPath = 100;

    /// <summary>Null: nothing is written there.</summary>
    public static SystemLog? Open(string? socketPath, TimeProvider clock) => socketPath is null ? null : new SystemLog(socketPath, clock);

    /// <summary>
    /// Which socket a setting means; null: none. What says nothing means a service's log is written and a terminal's is not. A setting that
    /// means nothing gives an error.
    /// </summary>
    public static (string? Path, string? Error) ChoosePath(string setting, Func<string, string?> variable)
    {
        var usual = OperatingSystem.IsWindows() ? Windows : OperatingSystem.IsMacOS() ? Mac : Linux;
        return setting switch
        {
            "auto" => (RunsAsService(variable) ? usual : null, null),
            "off" => (null, null),
            "on" => (usual, null),
            ['/', ..] when usual != Windows && Encoding.UTF8.GetByteCount(setting) <= LongestPath => (setting, null),
            _ => (null, usual == Windows
                ? "OPENCLAW_SYSTEM_LOG must be auto, on or off on Windows"
                : $"OPENCLAW_SYSTEM_LOG must be auto, on, off or the path of a socket of at most {LongestPath} bytes"),
        };
    }

    /// <summary>Never fails, and waits for nobody who reads.</summary>
    public void WriteLine(string text)
    {
        if (OperatingSystem.IsWindows())
        {
            WindowsEventLog.WriteEvent(CleanText(text));
            return;
        }
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
            socket.SendTo(Encoding.UTF8.GetBytes(FormatLine(text)), new UnixDomainSocketEndPoint(socketPath));
        }
        catch (SocketException)
        {
            // Nobody listens there, or it is full.
        }
    }

    internal string FormatLine(string text)
    {
        var now = clock.GetLocalNow();
        var when = now.ToString("MMM", CultureInfo.InvariantCulture) + now.Day.ToString(CultureInfo.InvariantCulture).PadLeft(3)
            + now.ToString(" HH:mm:ss", CultureInfo.InvariantCulture);
        return string.Create(
            CultureInfo.InvariantCulture, $"<{Priority}>{when} openclaw-worker[{Environment.ProcessId}]: {CleanText(text)}");
    }

    /// <summary>One line is one event, whatever a server calls itself.</summary>
    private static string CleanText(string text) =>
        string.Concat(text.Take(LongestText).Select(letter => char.IsControl(letter) ? '?' : letter));

    /// <summary>By what systemd and launchd set for a service of theirs, not for what a person starts in a terminal.</summary>
    private static bool RunsAsService(Func<string, string?> variable) =>
        (variable("INVOCATION_ID") is { Length: > 0 } && variable("JOURNAL_STREAM") is { Length: > 0 })
        || variable("XPC_SERVICE_NAME")?.StartsWith("com.openclaw.", StringComparison.Ordinal) is true;
}
