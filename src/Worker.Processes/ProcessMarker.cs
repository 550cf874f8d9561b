using System.Text;

namespace OpenClaw.Worker.Processes;

/// <summary>The two variables that mark every process of an attempt, unless it drops its environment.</summary>
internal readonly record struct ProcessMarker(string Task, string Attempt)
{
    public const string TaskVariable = "OPENCLAW_TASK_ID";
    public const string AttemptVariable = "OPENCLAW_ATTEMPT";

    /// <summary>The marker in an environment; null when it has none.</summary>
    public static ProcessMarker? FromEnvironment(IReadOnlyDictionary<string, string> environment) =>
        environment.TryGetValue(TaskVariable, out var task) && environment.TryGetValue(AttemptVariable, out var attempt)
            ? new ProcessMarker(task, attempt)
            : null;

    /// <summary>True when the NUL-separated block holds both variables with these values.</summary>
    public bool IsIn(ReadOnlySpan<byte> block)
    {
        bool task = false, attempt = false;
        var wantedTask = Encoding.UTF8.GetBytes($"{TaskVariable}={Task}");
        var wantedAttempt = Encoding.UTF8.GetBytes($"{AttemptVariable}={Attempt}");
        foreach (var range in block.Split((byte)0))
        {
            task |= block[range].SequenceEqual(wantedTask);
            attempt |= block[range].SequenceEqual(wantedAttempt);
        }
        return task && attempt;
    }
}
