namespace OpenClaw.Worker.Attempts;

/// <summary>What is under way for each attempt.</summary>
internal sealed class RunningAttempts
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Task> tasks = new(StringComparer.Ordinal);

    /// <summary>
    /// Runs it in the background. The table forgets an attempt a moment before its last steps here are done, so the same id may be offered
    /// again meanwhile: the new body waits for the old one, otherwise the old one's clean-up would remove the new one's files.
    /// </summary>
    public void Start(string attemptId, Func<Task> body)
    {
        lock (gate)
        {
            var before = tasks.GetValueOrDefault(attemptId, Task.CompletedTask);
            var task = Task.Run(async () =>
            {
                await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await body();
            });
            tasks[attemptId] = task;
            _ = Forget(attemptId, task);
        }
    }

    /// <summary>Ends when all of them have.</summary>
    public Task Finished()
    {
        lock (gate)
            return Task.WhenAll(tasks.Values);
    }

    private async Task Forget(string attemptId, Task task)
    {
        await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (gate)
        {
            if (tasks.GetValueOrDefault(attemptId) == task) tasks.Remove(attemptId);
        }
    }
}
