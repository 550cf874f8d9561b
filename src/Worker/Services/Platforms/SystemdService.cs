using System.Text;
using System.Text.RegularExpressions;

namespace OpenClaw.Worker.Services.Platforms;

/// <summary>A systemd unit, of the person's own manager or of the machine's.</summary>
internal static partial class SystemdService
{
    public const string Unit = "openclaw-worker.service";
    private const string SystemTarget = "multi-user.target";
    private const string UserTarget = "default.target";
    private const string SystemFolder = "/etc/systemd/system";
    private const string SystemVariables = $"{SystemSettings}/{VariableFile.Name}";

    /// <summary>Where the system unit's variables are, the token among them.</summary>
    public const string SystemSettings = "/etc/openclaw";

    /// <summary>The state folder systemd makes for the system unit; its worker's home.</summary>
    public const string SystemHome = "/var/lib/openclaw-worker";

    public static ServicePlan CreatePlan(ServiceRequest request)
    {
        var control = GetSystemctl(request);
        var unit = GetFilePath(request.System, request.UserHome);
        var variables = request.System ? SystemVariables : Path.Combine(request.Home, VariableFile.Name);
        return new ServicePlan(
            [
                new ServiceFile(variables, VariableFile.FormatLines(request.Variables), Secret: true),
                new ServiceFile(unit, FormatDefinition(request)),
            ],
            [[.. control, "restart", Unit]],
            [[.. control, "disable", "--now", Unit]],
            [.. GetNotes(request)])
        {
            Prepare = [[.. control, "daemon-reload"], [.. control, "enable", Unit]],
            Forget = [[.. control, "daemon-reload"]],
            Links = [Path.Combine(Path.GetDirectoryName(unit)!, request.System ? $"{SystemTarget}.wants" : $"{UserTarget}.wants", Unit)],
            Log = GetLogCommand(request.System),
            Home = request.System ? SystemHome : request.Home,
        };
    }

    public static string GetFilePath(bool system, string userHome) =>
        system ? $"{SystemFolder}/{Unit}" : Path.Combine(userHome, ".config", "systemd", "user", Unit);

    /// <summary>Command that shows the last log lines of the daemon and systemd.</summary>
    public static string GetLogCommand(bool system) => $"journalctl {(system ? "-u" : "--user -u")} {Unit} -n 20";

    /// <summary>The home that an <c>ExecStart=</c> line gives: the last argument, read as <see cref="QuoteArgument"/> wrote it.</summary>
    public static string ParseHome(string execStart)
    {
        var text = execStart[(execStart.LastIndexOf("--home ", StringComparison.Ordinal) + "--home ".Length)..].Trim();
        if (text is ['"', .., '"']) text = EscapedLetter().Replace(text[1..^1], "$1");
        return text.Replace("$$", "$", StringComparison.Ordinal).Replace("%%", "%", StringComparison.Ordinal);
    }

    /// <summary>In a terminal that su opened, systemctl does not find the person's manager by itself.</summary>
    private static string[] GetSystemctl(ServiceRequest request) => request switch
    {
        { System: true } => ["systemctl"],
        { Systemd: { Runtime: { } runtime, RuntimeIsSet: false } } => ["env", $"XDG_RUNTIME_DIR={runtime}", "systemctl", "--user"],
        _ => ["systemctl", "--user"],
    };

    private static IEnumerable<string> GetNotes(ServiceRequest request)
    {
        if (request.System) yield break;
        if (!request.Systemd.Lingers)
        {
            yield return $"it ends with the last session of {request.User} and starts with the next; "
                + $"to keep it: loginctl enable-linger {request.User}";
        }
        if (request.Systemd is { Runtime: { } runtime, RuntimeIsSet: false })
            yield return $"for systemctl --user in this terminal: export XDG_RUNTIME_DIR={runtime}";
        if (request.Systemd.IsRoot) yield return "tasks run as root; for another account: install --system --user NAME";
    }

    /// <summary>
    /// The unit. Tasks live in its control group and under supervisors of their own, so only the daemon itself is signalled.
    /// </summary>
    public static string FormatDefinition(ServiceRequest request)
    {
        var text = new StringBuilder("[Unit]\nDescription=OpenClaw worker: runs tasks on this PC\n");
        if (request.System) text.Append("Wants=network-online.target\nAfter=network-online.target\n");
        // It never gives up: a server may be away for a weekend.
        text.Append("StartLimitIntervalSec=0\n\n[Service]\nType=exec\n");
        text.Append($"ExecStart={string.Join(' ', request.Program.Concat(GetArguments(request)).Select(QuoteArgument))}\n");
        if (request.System)
        {
            text.Append($"User={request.User}\nEnvironmentFile={SystemVariables}\n");
            text.Append("StateDirectory=openclaw-worker\nStateDirectoryMode=0700\n");
        }
        // 0: stopped or drained as asked; 2: wrong settings, which a restart does not mend.
        text.Append("Restart=always\nRestartSec=2\nRestartPreventExitStatus=0 2\n");
        text.Append("KillMode=process\nTimeoutStopSec=90\nOOMPolicy=continue\nTasksMax=infinity\nDelegate=yes\nLimitCORE=0\n");
        if (request.Confined) text.Append(Hardening);
        return text.Append("\n[Install]\nWantedBy=").Append(request.System ? SystemTarget : UserTarget).Append('\n').ToString();
    }

    // Each of these makes systemd set no-new-privileges, and then sudo and other set-uid programs of tasks fail.
    private const string Hardening = """
        NoNewPrivileges=yes
        LockPersonality=yes
        ProtectClock=yes
        ProtectHostname=yes
        ProtectKernelLogs=yes
        ProtectKernelModules=yes
        ProtectKernelTunables=yes
        RestrictRealtime=yes
        RestrictSUIDSGID=yes
        SystemCallArchitectures=native

        """;

    private static string[] GetArguments(ServiceRequest request) => ["run", "--home", request.System ? SystemHome : request.Home];

    /// <summary>One argument as systemd reads it: percent signs and dollars are its own.</summary>
    public static string QuoteArgument(string argument)
    {
        var text = argument.Replace("%", "%%", StringComparison.Ordinal).Replace("$", "$$", StringComparison.Ordinal);
        return text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || "/._-+:@%=,".Contains(c, StringComparison.Ordinal))
            ? text
            : $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
    }

    [GeneratedRegex(@"\\(.)")]
    private static partial Regex EscapedLetter();
}
