using OpenClaw.Worker.Services.Platforms;

namespace OpenClaw.Worker.Services;

/// <summary>What is to be installed, for whom.</summary>
internal sealed record ServiceRequest
{
    /// <summary>Program and first arguments that the service starts, absolute.</summary>
    public required IReadOnlyList<string> Program { get; init; }
    public required string Home { get; init; }
    /// <summary>The home of the person.</summary>
    public required string UserHome { get; init; }
    /// <summary>Account the worker runs as.</summary>
    public required string User { get; init; }
    /// <summary>Its number, where accounts have one.</summary>
    public uint Uid { get; init; }
    /// <summary>Started with the machine, not with the person's session.</summary>
    public bool System { get; init; }
    /// <summary>With everything a service manager can take away, which also takes <c>sudo</c> from tasks.</summary>
    public bool Confined { get; init; }
    /// <summary>No service: a daemon of this session, which nobody starts again.</summary>
    public bool NoService { get; init; }
    /// <summary>What was seen of systemd, on Linux.</summary>
    public SystemdFacts Systemd { get; init; } = new();
    /// <summary>The daemon's variables, the token among them.</summary>
    public required IReadOnlyDictionary<string, string> Variables { get; init; }
}

/// <summary>A file of a service. <paramref name="Secret"/>: only its owner may read it, and it is never shown.</summary>
internal sealed record ServiceFile(string Path, string Content, bool Secret = false)
{
    /// <summary>Windows' own tools want two bytes a character.</summary>
    public bool Wide { get; init; }
}

/// <summary>How a service is installed: files, then commands; how it is removed; what the person has to know.</summary>
internal sealed record ServicePlan(
    IReadOnlyList<ServiceFile> Files, IReadOnlyList<string[]> Start, IReadOnlyList<string[]> Stop, IReadOnlyList<string> Notes)
{
    /// <summary>Commands before a daemon that runs has to make way.</summary>
    public IReadOnlyList<string[]> Prepare { get; init; } = [];

    /// <summary>Commands after it has, which fail when there is nothing to clear away.</summary>
    public IReadOnlyList<string[]> Clear { get; init; } = [];

    /// <summary>Commands after the files are gone.</summary>
    public IReadOnlyList<string[]> Forget { get; init; } = [];

    /// <summary>What the service manager makes of it when it is enabled; goes with it also where the manager can't be asked.</summary>
    public IReadOnlyList<string> Links { get; init; } = [];

    public required string Log { get; init; }

    /// <summary>Home of the daemon that the service runs.</summary>
    public required string Home { get; init; }

    /// <summary>A service starts it again and ends it; false: nobody does.</summary>
    public bool IsService { get; init; } = true;

    /// <summary>For this system; null and a sentence when there is none.</summary>
    public static (ServicePlan? Plan, string? Error) CreateFor(string system, ServiceRequest request) => system switch
    {
        _ when request.Program.Append(request.Home).Append(request.UserHome).Any(path => path.Any(char.IsControl)) => (null,
            "a path with a control character can't be written into a service"),
        _ when request.NoService && system != "windows" => (BackgroundDaemon.CreatePlan(request), null),
        "linux" when request.Program[0].AsSpan().ContainsAny("\"'\\$") =>
            (null, $"systemd starts no program whose path has quotes, $ or \\: {request.Program[0]}"),
        "linux" => (SystemdService.CreatePlan(request), null),
        "macos" when request.System => (null,
            "on macOS the worker is installed in the login session only: a system daemon can't read the keychain, "
                + "so Claude Code would not be logged in"),
        "macos" => (LaunchdAgent.CreatePlan(request), null),
        "windows" when request.NoService => (null,
            "on Windows the worker is a scheduled task; without one start openclaw-worker run yourself"),
        "windows" => (LogonTask.CreatePlan(request), null),
        _ => (null, "there is no service for this system; start openclaw-worker run yourself"),
    };
}
