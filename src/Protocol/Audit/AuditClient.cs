using OpenClaw.Protocol.Answers;

namespace OpenClaw.Protocol.Audit;

/// <summary>
/// The routes of the audit, typed. The <see cref="HttpClient"/> brings base address and a token with <c>audit:read</c>. Problems and
/// answers that prove nothing are values; a server that is not there is an <see cref="HttpRequestException"/>.
/// </summary>
public sealed class AuditClient(HttpClient http)
{
    private static ExpectedAnswer<AuditChainList> ExpectedChains { get; } =
        new(ProtocolJson.Lenient.AuditChainList) { Fits = list => Array.TrueForAll(list.Chains, chain => chain is { Chain.Length: > 0 }) };

    /// <summary>All chains.</summary>
    public Task<Answer<AuditChainList>> ListChains(CancellationToken cancellation = default) =>
        AnswerReader.GetJson(http, Routes.AuditChains, ExpectedChains, cancellation);

    /// <summary>Links of a chain behind a number, in order; none: there are no more.</summary>
    public Task<Answer<AuditPage>> ListLinks(string chain, long after, int limit, CancellationToken cancellation = default)
    {
        var path = Routes.AuditChain.Replace("{chain}", Uri.EscapeDataString(chain), StringComparison.Ordinal);
        var expected = new ExpectedAnswer<AuditPage>(ProtocolJson.Lenient.AuditPage)
        {
            Fits = page => Array.TrueForAll(page.Links, link => link.Chain == chain && link.Link > after),
        };
        return AnswerReader.GetJson(
            http, FormattableString.Invariant($"{path}?after={after}&limit={limit}&format={AuditDigest.NewestFormat}"), expected,
            cancellation);
    }

    /// <summary>
    /// Notes with a number below <paramref name="before"/>, the newest first, of these names alone where some are given; none, and no
    /// <c>next</c>: there are no more. A server from before that gives all names.
    /// </summary>
    public Task<Answer<AuditNotePage>> ListNotes(
        long before = long.MaxValue, int limit = 50, IReadOnlyCollection<string>? what = null, CancellationToken cancellation = default)
    {
        var expected = new ExpectedAnswer<AuditNotePage>(ProtocolJson.Lenient.AuditNotePage)
        {
            Fits = page => (page.Next ?? 0) < before
                && Array.TrueForAll(page.Notes, note => note.Number < before && note.What.Length > 0),
        };
        var only = what is null ? "" : $"&what={Uri.EscapeDataString(string.Join(',', what))}";
        return AnswerReader.GetJson(
            http, FormattableString.Invariant($"{Routes.AuditNotes}?before={before}&limit={limit}{only}"), expected, cancellation);
    }
}
