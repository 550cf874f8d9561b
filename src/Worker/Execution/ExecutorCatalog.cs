namespace OpenClaw.Worker.Execution;

/// <summary>The executors by kind; the sole list of what this worker can run.</summary>
internal sealed class ExecutorCatalog
{
    private readonly Dictionary<string, ITaskExecutor> byKind;

    public ExecutorCatalog(IEnumerable<ITaskExecutor> executors) => byKind = executors.ToDictionary(e => e.Kind, StringComparer.Ordinal);

    public string[] Kinds => [.. byKind.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The executor of a kind; null when there is none.</summary>
    public ITaskExecutor? FindExecutor(string kind) => byKind.GetValueOrDefault(kind);

    /// <summary>False for what the daemon does itself, such as file tasks.</summary>
    public bool StartsPrograms(string kind) => FindExecutor(kind) is { UsesPersonsEnvironment: true };
}
