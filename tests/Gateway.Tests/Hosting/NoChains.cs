using OpenClaw.GrainInterfaces.Audit;

namespace OpenClaw.Gateway.Tests.Hosting;

/// <summary>A store without audit chains.</summary>
internal sealed class NoChains : IAuditChains
{
    public ValueTask<IReadOnlyList<AuditChain>> ReadChains(CancellationToken cancellation) => new([]);

    public ValueTask<IReadOnlyList<AuditLink>> ReadLinks(string chain, long after, int limit, CancellationToken cancellation) => new([]);

    public ValueTask<IReadOnlyList<ChainedRow>> ReadRows(IReadOnlyList<long> numbers, CancellationToken cancellation) => new([]);

    public ValueTask<IReadOnlyList<NumberedNote>> ReadNotes(long before, int limit, CancellationToken cancellation) => new([]);

    public ValueTask<IReadOnlyList<NumberedNote>> ReadNotes(IReadOnlyList<long> numbers, CancellationToken cancellation) => new([]);
}
