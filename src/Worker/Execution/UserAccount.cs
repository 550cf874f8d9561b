using System.Globalization;
using System.Runtime.InteropServices;
using OpenClaw.Worker.Processes.Unix;

namespace OpenClaw.Worker.Execution;

/// <summary>What the system's list of accounts says of a person; each null when it does not know.</summary>
internal sealed record UserAccount(string? Name, string? Home, string? Shell)
{
    /// <summary>The account this process runs as. Called once, at start-up: getpwuid is not safe from two threads.</summary>
    public static unsafe UserAccount GetCurrent()
    {
        var home = Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } named ? named : null;
        if (OperatingSystem.IsWindows())
            return new(Environment.UserName, Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), null);
        var entry = Native.GetPwUid(Native.GetUid());
        if (entry is null) return new(null, home, null);
        // struct passwd: name first; home and shell are the last two pointers, behind other fields on each system.
        var homeAt = Native.Mac ? 6 : 4;
        return new(ToText(entry[0]), home ?? ToText(entry[homeAt]), ToText(entry[homeAt + 1]));
    }

    /// <summary>An account's name, or its number when the system knows none. For commands: getpwuid is not safe from two threads.</summary>
    public static unsafe string GetName(uint uid)
    {
        var entry = OperatingSystem.IsWindows() ? null : Native.GetPwUid(uid);
        return (entry is null ? null : ToText(entry[0])) ?? uid.ToString(CultureInfo.InvariantCulture);
    }

    private static string? ToText(nint pointer) => Marshal.PtrToStringUTF8(pointer) is { Length: > 0 } text ? text : null;
}
