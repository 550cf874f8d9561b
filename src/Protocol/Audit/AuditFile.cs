using System.Globalization;
using System.Text.Json;

namespace OpenClaw.Protocol.Audit;

/// <summary>
/// An export as lines of JSON: the list of chains first, then a link a line, those of a chain in order.
/// </summary>
public static class AuditFile
{
    /// <summary>The first line.</summary>
    public static string FormatChains(AuditChainList chains) => JsonSerializer.Serialize(chains, ProtocolJson.Default.AuditChainList);

    /// <summary>A further line.</summary>
    public static string FormatLink(AuditLinkView link) => JsonSerializer.Serialize(link, ProtocolJson.Default.AuditLinkView);

    /// <summary>The chains of an export's first line; null: it is none.</summary>
    public static AuditChainList? ParseChains(string? line) =>
        ParseLine(line, ProtocolJson.Lenient.AuditChainList) is { Chains: not null } known
        && Array.TrueForAll(known.Chains, chain => chain is { Chain.Length: > 0, StartHash: not null, Hash: not null }) ? known : null;

    /// <summary>Verifies an export. A line that is none is a finding, and nothing behind it is looked at.</summary>
    /// <param name="export">Its lines.</param>
    /// <param name="seen">Where chains ended when others heard of them.</param>
    /// <param name="findKept">What must be there still, by the list of chains; null: not judged.</param>
    /// <param name="cancellation">Stops between two lines.</param>
    public static async Task<AuditVerdict> Verify(
        TextReader export, IReadOnlyCollection<AuditWitness> seen, Func<AuditChainList, AuditKept>? findKept = null,
        CancellationToken cancellation = default)
    {
        var first = await export.ReadLineAsync(cancellation).ConfigureAwait(false);
        if (ParseChains(first) is not { } known)
            return new AuditVerdict(0, 0, 0, 0, 0, ["line 1 is not the list of chains that an export begins with"]);
        var verifier = new AuditVerifier(known.Chains, seen, findKept?.Invoke(known));
        for (var number = 2; await export.ReadLineAsync(cancellation).ConfigureAwait(false) is { } line; number++)
        {
            if (ParseLine(line, ProtocolJson.Lenient.AuditLinkView) is not { } link)
            {
                var verdict = verifier.Conclude();
                var finding = string.Create(CultureInfo.InvariantCulture, $"line {number} is no link");
                return verdict with { Findings = [finding, .. verdict.Findings] };
            }
            verifier.CheckLink(link);
        }
        return verifier.Conclude();
    }

    private static T? ParseLine<T>(string? line, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) where T : class
    {
        try
        {
            return line is null ? null : JsonSerializer.Deserialize(line, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
