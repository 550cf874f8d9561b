using System.Globalization;
using System.Runtime.InteropServices;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Workers;
using OpenClaw.Worker.Diagnosis;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.FileSystems;

namespace OpenClaw.Worker.Facts;

/// <summary>
/// Collects facts about this PC. Takes seconds, so never before the first poll; tools are probed once, the rest each time.
/// </summary>
internal sealed class FactReader(UserEnvironment user, TimeProvider clock)
{
    private const long DiskStep = 1L << 30;
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(5);
    private static readonly string[] Known =
    [
        "git", "node", "npm", "python3", "dotnet", "docker", "podman", "claude", "codex", "gemini", "gcc", "clang", "make", "cargo",
        "go", "java",
        "ffmpeg", "bwrap", "psql", "kubectl",
    ];
    private readonly ProgramProbe programs = new(clock);
    private readonly FileSystemCalls fileSystem = new(mostHanging: 1, clock);
    private Dictionary<string, string>? tools;

    public async Task<WorkerFacts> ReadAll(CancellationToken cancellation)
    {
        tools ??= await ProbeTools(cancellation);
        var disk = await fileSystem.RunWithTimeout(() => GetFreeDisk(user.Home), ProbeTimeout, cancellation);
        var battery = OperatingSystem.IsLinux() ? PowerSupply.ReadBattery("/sys/class/power_supply") : null;
        return new WorkerFacts
        {
            System = ToPrintable(RuntimeInformation.OSDescription),
            Cores = Environment.ProcessorCount,
            Memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
            DiskFree = disk.Value,
            Battery = battery?.Percent,
            OnBattery = battery?.Discharging,
            Tools = tools,
        };
    }

    /// <summary>The first words that look like a version: <c>git version 2.43.0</c> is <c>2.43.0</c>.</summary>
    public static string? ParseVersion(string text)
    {
        foreach (var word in text.Split([' ', '\n', '\r', '\t', '(', ')', ',', '"'], StringSplitOptions.RemoveEmptyEntries).Take(24))
        {
            var number = word.TrimStart('v', 'V');
            if (number.Length is > 0 and <= 40 && char.IsAsciiDigit(number[0]) && number.Contains('.', StringComparison.Ordinal))
                return ToPrintable(number);
        }
        return null;
    }

    /// <summary>Null: a folder of PATH does not answer. One after the other: a PC that starts a worker at logon has enough to do.</summary>
    private async Task<Dictionary<string, string>?> ProbeTools(CancellationToken cancellation)
    {
        var environment = await user.GetVariables().WaitAsync(cancellation);
        var folders = environment.GetValueOrDefault("PATH", "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        var here = await fileSystem.RunWithTimeout(() => FindPrograms(folders), ProbeTimeout, cancellation);
        if (!here.Completed) return null;
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, program) in here.Value!)
        {
            cancellation.ThrowIfCancellationRequested();
            string[] ask =
                name switch { "go" or "kubectl" => [program, "version"], "java" => [program, "-version"], _ => [program, "--version"] };
            var answer = await programs.RunWithTimeout(ask, ProbeTimeout, environment, cancellation);
            found[name] = (answer is { ExitCode: 0 } ? ParseVersion(answer.Text) : null) ?? "found";
        }
        return found;
    }

    private static (string Name, string Program)[] FindPrograms(string[] folders) =>
    [
        .. from name in Known
           let program = folders.Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? $"{name}.exe" : name))
               .FirstOrDefault(File.Exists)
           where program is not null
           select (name, program),
    ];

    private static long? GetFreeDisk(string home)
    {
        try
        {
            return new DriveInfo(OperatingSystem.IsWindows() ? Path.GetPathRoot(home)! : home).AvailableFreeSpace / DiskStep * DiskStep;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    private static string? ToPrintable(string text)
    {
        var clean = string.Concat(text.Where(c => c is >= ' ' and <= '~')).Trim();
        return clean.Length == 0 ? null : clean[..Math.Min(clean.Length, Limits.Fact)];
    }
}

internal sealed record PowerSupply(int Percent, bool Discharging)
{
    private const int Step = 5;

    /// <summary>As Linux shows it: a folder for each supply.</summary>
    public static PowerSupply? ReadBattery(string folder)
    {
        try
        {
            foreach (var supply in Directory.Exists(folder) ? Directory.GetDirectories(folder) : [])
            {
                if (ReadFile(supply, "type") == "Battery" && ReadFile(supply, "scope") != "Device"
                    && int.TryParse(ReadFile(supply, "capacity"), NumberStyles.None, CultureInfo.InvariantCulture, out var percent))
                    return new PowerSupply(Math.Clamp(percent, 0, 100) / Step * Step, ReadFile(supply, "status") == "Discharging");
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A driver that does not answer.
        }
        return null;
    }

    private static string? ReadFile(string supply, string name) =>
        File.Exists(Path.Combine(supply, name)) ? File.ReadAllText(Path.Combine(supply, name)).Trim() : null;
}
