namespace OpenClaw.Storage;

/// <summary>Whether the store of this process takes writes, as far as its last write says.</summary>
public interface IStoreState
{
    /// <summary>
    /// A sentence about why writes are refused, a full disk first of all; null: they are not, as far as is known. May be asked at any rate.
    /// </summary>
    ValueTask<string?> FindRefusal(CancellationToken cancellation);
}
