namespace OpenClaw.Worker.Services.Platforms;

/// <summary>Why no service can be installed, and the commands that help; each can be pasted.</summary>
internal sealed record ServiceRejection(string Why, params IReadOnlyList<string> Next)
{
    /// <summary>On Linux; elsewhere the commands themselves say it.</summary>
    public static ServiceRejection? FindOnLinux(SystemdFacts facts, bool system, string user, string program) =>
        OperatingSystem.IsLinux() ? JudgeFacts(facts, system, user, program) : null;

    /// <param name="facts">What was seen.</param>
    /// <param name="system">A service of the machine is wanted.</param>
    /// <param name="user">Account it is to run as.</param>
    /// <param name="program">How this program is typed here.</param>
    public static ServiceRejection? JudgeFacts(SystemdFacts facts, bool system, string user, string program)
    {
        var without = $"{program} install --no-service        # the program, its settings, and a daemon started now";
        if (!facts.Runs)
        {
            return new("this machine was not started by systemd (a container, WSL, another init): nothing would start a service", without);
        }
        var asRoot = $"sudo --preserve-env=WORKER_URL,WORKER_TOKEN,WORKER_NAME {program} install --system --user {user}";
        if (system && !facts.IsRoot) return new("a service of the machine is installed by root", asRoot);
        return system || facts.Runtime is not null ? null : new(
            $"no systemd of {user}'s own runs: this is no login session (su, sudo -u, ssh without PAM), and none is kept from boot on",
            $"sudo loginctl enable-linger {user}        # starts it now and whenever the machine starts; then {program} install once more",
            $"{asRoot}        # or: a service of the machine's",
            without.Replace("# the", "# or: the", StringComparison.Ordinal));
    }
}
