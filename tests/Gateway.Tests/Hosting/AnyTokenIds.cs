using OpenClaw.GrainInterfaces.Security;

namespace OpenClaw.Gateway.Tests.Hosting;

/// <summary>Every id may be a token's: its grain says what it is.</summary>
internal sealed class AnyTokenIds : ITokenIds
{
    public ValueTask<bool> IsStored(string tokenId, CancellationToken cancellation) => new(true);
}
