using OpenClaw.Worker.Processes;

namespace OpenClaw.Worker.Execution;

/// <summary>Runs the attempts of one kind. Registered in <see cref="ExecutorCatalog"/>; one instance, many attempts at once.</summary>
internal interface ITaskExecutor
{
    /// <summary>Kind of task it runs, as in the offer.</summary>
    string Kind { get; }

    /// <summary>True: the login shell is asked, once, before the attempt's clocks start, so a slow one is no timeout.</summary>
    bool UsesPersonsEnvironment => true;

    /// <summary>
    /// Variables the owner's settings set for this kind. They reach the program whatever the policy denies: both are his.
    /// </summary>
    IReadOnlyCollection<string> OwnersVariables => [];

    /// <summary>
    /// Which program it would start, where the owner's settings name it: an approval is bound to its files. Null: none, or it was not
    /// found. Looks at folders, and may change <paramref name="environment"/>, the person's own.
    /// </summary>
    ProcessSpec? PlanProgram(UserEnvironment user, Dictionary<string, string> environment) => null;

    /// <summary>
    /// Called once an attempt, only after the server committed its start. Expected failures are results; an exception is reported as
    /// <c>failed</c>, reason <c>executor-error</c>. When <see cref="AttemptContext.Stop"/> fires it ends what it started and returns.
    /// </summary>
    Task<ExecutionResult> Execute(AttemptContext context);
}

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
