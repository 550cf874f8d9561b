using System.Runtime.InteropServices;

namespace OpenClaw.Worker.Execution;

/// <summary>
/// Variables with secrets, which are taken out of this process once they were read: whoever runs programs as the same user reads the
/// environment a process was started with, in <c>/proc/PID/environ</c> or with <c>ps</c>, and tasks are such programs.
/// </summary>
internal static unsafe partial class SecretVariables
{
    /// <summary>Their names. A proxy's address may hold a password.</summary>
    public static IReadOnlyList<string> Names { get; } = ["WORKER_TOKEN", "OPENCLAW_JOIN_TOKEN", "OPENCLAW_PROXY", "DISCORD_BOT_TOKEN"];

    /// <summary>Erases them and these, for the process itself as well. To be called once, while nobody else reads variables.</summary>
    public static void EraseAll(params IEnumerable<string> others)
    {
        foreach (var name in Names.Concat(others))
        {
            // Taking a variable away leaves its bytes where the process was given them, and those are what others are shown.
            var value = OperatingSystem.IsWindows() ? null : GetEnv(name);
            for (; value is not null && *value != 0; value++)
                *value = 0;
            Environment.SetEnvironmentVariable(name, null);
        }
    }

    [LibraryImport("libc", EntryPoint = "getenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial byte* GetEnv(string name);
}
