namespace OpenClaw.Gateway.Calls;

/// <summary>
/// Tells a caller whether the calls it makes from now on were repeated on their way: then "it was done before" may mean "by the try
/// whose answer was lost".
/// </summary>
internal sealed class RetryMeter
{
    private static readonly AsyncLocal<RetryMeter?> Watching = new();

    /// <summary>True once a call was repeated.</summary>
    public bool HasRetried { get; private set; }

    /// <summary>Watches the calls of the current asynchronous method, and of those it calls.</summary>
    public static RetryMeter StartWatching() => Watching.Value = new RetryMeter();

    /// <summary>A call is made again.</summary>
    public static void RecordRetry()
    {
        if (Watching.Value is { } watcher) watcher.HasRetried = true;
    }
}
