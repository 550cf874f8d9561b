using OpenClaw.Worker.Processes.Unix;

namespace OpenClaw.Worker.Services.Platforms;

/// <summary>What can be seen of systemd on this machine, for the account that asks.</summary>
internal sealed record SystemdFacts
{
    /// <summary>The machine was started with it, and its command is there.</summary>
    public bool Runs { get; init; }
    /// <summary>Runtime folder in which the person's own manager listens; null: none runs for them.</summary>
    public string? Runtime { get; init; }
    /// <summary>XDG_RUNTIME_DIR names that folder already.</summary>
    public bool RuntimeIsSet { get; init; }
    /// <summary>Their manager runs from boot on, without a login.</summary>
    public bool Lingers { get; init; }
    public bool IsRoot { get; init; }

    /// <summary>Looks. The folders are those that <c>sd_booted</c>, <c>systemctl --user</c> and logind use.</summary>
    public static SystemdFacts DetectFor(string? user, Func<string, string?> variable)
    {
        if (!OperatingSystem.IsLinux()) return new SystemdFacts();
        var uid = Native.GetUid();
        var given = variable("XDG_RUNTIME_DIR");
        // su without "-" keeps the variable of the account before: that folder is closed to this one, so /run/user/UID is looked at too.
        var runtime = new[] { given, $"/run/user/{uid}" }.FirstOrDefault(folder => folder is { Length: > 0 } && IsManagerListening(folder));
        // A bus elsewhere may do as well: systemctl will say if not, and then everything is taken back.
        var otherBus = runtime is null && variable("DBUS_SESSION_BUS_ADDRESS") is { Length: > 0 };
        return new SystemdFacts
        {
            Runs = Directory.Exists("/run/systemd/system")
                && (variable("PATH") ?? "").Split(':').Any(folder => folder.Length > 0 && File.Exists(Path.Combine(folder, "systemctl"))),
            Runtime = otherBus ? "" : runtime,
            RuntimeIsSet = otherBus || (runtime is not null && runtime == given),
            Lingers = user is not null && File.Exists(Path.Combine("/var/lib/systemd/linger", user)),
            IsRoot = uid == 0,
        };
    }

    private static bool IsManagerListening(string runtime) =>
        Path.Exists(Path.Combine(runtime, "systemd", "private")) || Path.Exists(Path.Combine(runtime, "bus"));
}
