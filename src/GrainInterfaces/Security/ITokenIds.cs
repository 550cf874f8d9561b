namespace OpenClaw.GrainInterfaces.Security;

/// <summary>
/// Which ids tokens have, without a token's grain being asked: of ids that strangers make up nothing comes into the cluster's memory.
/// </summary>
public interface ITokenIds
{
    /// <summary>Whether there is a record under this id, of whatever state. What is true once stays true.</summary>
    ValueTask<bool> IsStored(string tokenId, CancellationToken cancellation);
}
