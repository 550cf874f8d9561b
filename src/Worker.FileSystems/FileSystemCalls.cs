namespace OpenClaw.Worker.FileSystems;

/// <summary>What a call gave, if it came back in time.</summary>
internal readonly record struct FileSystemAnswer<T>(bool Completed, T? Value);

/// <summary>
/// The one way the daemon looks at a file system of the user's, with a limit of time. A mount whose server has gone answers nothing, and no
/// token ends a system call: the call is made on a thread that nobody else needs and, when it takes too long, left there. So that those
/// don't become too many, whoever asks has a bound of his own; once it is reached nothing more is asked until some come back.
/// </summary>
/// <param name="mostHanging">Calls that may hang at a time.</param>
/// <param name="clock">The clock.</param>
internal sealed class FileSystemCalls(int mostHanging, TimeProvider clock)
{
    /// <summary>For tasks of all sorts: each costs a thread that does nothing.</summary>
    public const int MaxHangingForTasks = 100;

    /// <summary>A disk that has to spin up, a share that has to be mounted: longer than those take.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    private int hanging;

    /// <summary>The exceptions with which .NET reports an operating system's no.</summary>
    public static bool IsExpected(Exception error) =>
        error is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException;

    /// <summary>Calls that were given up and have not come back.</summary>
    public int Hanging => Volatile.Read(ref hanging);

    /// <summary>What the call gives or throws; no answer when it takes longer than the limit. Throws when cancelled.</summary>
    public async Task<FileSystemAnswer<T>> RunWithTimeout<T>(Func<T> call, TimeSpan limit, CancellationToken cancellation = default)
    {
        if (Hanging >= mostHanging) return default;
        var asking = Task.Factory.StartNew(call, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await Task.WhenAny(asking, Task.Delay(limit, clock, over.Token));
        await over.CancelAsync();
        if (asking.IsCompleted) return new(true, await asking);
        Interlocked.Increment(ref hanging);
        _ = asking.ContinueWith(
            late =>
            {
                // Nobody waits for its result any more, nor for its error.
                _ = late.Exception;
                Interlocked.Decrement(ref hanging);
            },
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        cancellation.ThrowIfCancellationRequested();
        return default;
    }

    /// <summary>The same where nothing can be awaited; <paramref name="otherwise"/> when no answer came.</summary>
    public T RunWithTimeout<T>(Func<T> call, T otherwise, TimeSpan limit) =>
        RunWithTimeout(call, limit).GetAwaiter().GetResult() is { Completed: true } answer ? answer.Value! : otherwise;
}
