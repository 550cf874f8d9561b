using OpenClaw.Protocol;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Worker.Processes;

namespace OpenClaw.Worker.Execution.Settings;

/// <summary>
/// What a task, the owner's settings and the owner's policy say of limits, as limits of a program. All of them have the same four names, in
/// the same units and ranges.
/// </summary>
internal static class ProgramLimits
{
    private const long MostBytes = 1L << 50;
    private const long MostCpu = 604_800_000;

    /// <summary>What a task asks for; null: nothing.</summary>
    public static ProcessLimits? FromTask(TaskLimits? asked) => asked is null || asked == new TaskLimits() ? null : new ProcessLimits
    {
        MemoryBytes = asked.Memory,
        Processes = asked.Processes,
        CpuMilliseconds = asked.Cpu,
        OutputBytes = asked.Output,
    };

    /// <summary>What a task asks for, but no more than the owner lets it have.</summary>
    public static ProcessLimits? FromTask(TaskLimits? asked, ProcessLimits? owners) => ProcessLimits.GetStricter(FromTask(asked), owners);

    /// <summary>The field <c>limits</c> of a section of the owner's.</summary>
    public static ProcessLimits? ReadSection(SettingsObject section)
    {
        if (!section.HasField("limits")) return null;
        var json = section.ReadObject("limits");
        var limits = ReadFields(json);
        json.RejectUnknownFields();
        return limits;
    }

    /// <summary>The four fields of an object that may have others; null when it has none of them.</summary>
    public static ProcessLimits? ReadFields(SettingsObject json) => FromTask(new TaskLimits
    {
        Memory = json.ReadNumber("memory", Limits.MinMemory, MostBytes),
        Processes = (int?)json.ReadNumber("processes", 1L, Limits.Processes),
        Cpu = json.ReadNumber("cpu", Limits.MinCpu, MostCpu),
        Output = json.ReadNumber("output", 1L, MostBytes),
    });
}
