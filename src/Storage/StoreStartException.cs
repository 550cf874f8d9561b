namespace OpenClaw.Storage;

/// <summary>The store cannot be used as it is; the message says what to do.</summary>
public sealed class StoreStartException : Exception
{
    /// <summary>With the error underneath.</summary>
    public StoreStartException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
