using System.Text;

namespace OpenClaw.Worker.Processes;

/// <summary>
/// The two variables that mark every process of an attempt, unless it drops its environment. A third marks those of the owner's hooks
/// around it: what ends the attempt's programs leaves them alone.
/// </summary>
internal readonly record struct ProcessMarker(string Task, string Attempt)
{
    public const string TaskVariable = "OPENCLAW_TASK_ID";
    public const string AttemptVariable = "OPENCLAW_ATTEMPT";
    public const string HookVariable = "OPENCLAW_HOOK";

    /// <summary>Of the owner's hooks, and not of the attempt's programs.</summary>
    public bool IsHook { get; init; }

    /// <summary>The marker in an environment; null when it has none.</summary>
    public static ProcessMarker? FromEnvironment(IReadOnlyDictionary<string, string> environment) =>
        environment.TryGetValue(TaskVariable, out var task) && environment.TryGetValue(AttemptVariable, out var attempt)
            ? new ProcessMarker(task, attempt) { IsHook = environment.ContainsKey(HookVariable) }
            : null;

    /// <summary>True when the NUL-separated block holds both variables with these values, and the third or not.</summary>
    public bool IsIn(ReadOnlySpan<byte> block)
    {
        bool task = false, attempt = false, hook = false;
        var wantedTask = Encoding.UTF8.GetBytes($"{TaskVariable}={Task}");
        var wantedAttempt = Encoding.UTF8.GetBytes($"{AttemptVariable}={Attempt}");
        foreach (var range in block.Split((byte)0))
        {
            task |= block[range].SequenceEqual(wantedTask);
            attempt |= block[range].SequenceEqual(wantedAttempt);
            hook |= block[range].StartsWith("OPENCLAW_HOOK="u8);
        }
        return task && attempt && hook == IsHook;
    }
}
