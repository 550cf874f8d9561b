using OpenClaw.Gateway.Endpoints;
using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Requests;
using OpenClaw.Gateway.Security;
using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Audit;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Gateway.Audit;

/// <summary>
/// The audit's hash chains, for whoever verifies them (<see cref="AuditVerifier"/>), and its notes. A chain has rows of all tenants, so it
/// is for administrators of the server; of other tenants' rows they are told the digests alone. A note is of no tenant.
/// </summary>
internal sealed class AuditEndpoints(IAuditChains chains, AuditExporter exporter, TimeProvider clock) : IEndpoint
{
    /// <summary>A link has up to some hundred rows.</summary>
    private const int PageByDefault = 20;
    private const int LargestPage = 100;
    private const int LongestName = 64;
    private const int NotesByDefault = 50;
    /// <summary>Of which some are looked for.</summary>
    private const int NotesLookedAt = 10_000;
    private const int MostNames = 20;

    public void MapRoutes(IEndpointRouteBuilder routes)
    {
        routes.MapRead(Routes.AuditChains, ListChains).RequirePolicy(AccessPolicy.ReadAudit);
        routes.MapRead(Routes.AuditChain, ListLinks).RequirePolicy(AccessPolicy.ReadAudit);
        routes.MapRead(Routes.AuditNotes, ListNotes).RequirePolicy(AccessPolicy.ReadAudit);
    }

    private async ValueTask<Reply> ListChains(HttpContext context)
    {
        var list = new AuditChainList([.. (await chains.ReadChains(context.RequestAborted)).Select(chain => chain.View)])
        {
            At = clock.GetUtcNow(),
        };
        return Reply.FromValue(list, ProtocolJson.Default.AuditChainList);
    }

    private async ValueTask<Reply> ListLinks(HttpContext context)
    {
        var problem = Query.ReadNumber(context, "after", 0, 0, long.MaxValue, clamp: false, out var after)
            ?? Query.ReadNumber(context, "limit", PageByDefault, 1, LargestPage, clamp: false, out _)
            ?? Query.ReadNumber(context, "format", AuditDigest.FirstFormat, AuditDigest.FirstFormat, int.MaxValue, clamp: false, out _);
        if (problem is not null) return problem;
        Query.ReadNumber(context, "limit", PageByDefault, 1, LargestPage, clamp: false, out var limit);
        Query.ReadNumber(
            context, "format", AuditDigest.FirstFormat, AuditDigest.FirstFormat, int.MaxValue, clamp: false, out var format);
        var chain = context.Request.RouteValues["chain"] as string ?? "";
        if (chain.Length > LongestName || !chain.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-'))
            return ProblemTable.FromRejection(Rejection.NotFound);
        var range = new LinkRange(chain, after, (int)limit, (int)format);
        var links = await exporter.ReadLinks(context.GetCaller().Tenant, range, context.RequestAborted);
        return Reply.FromValue(new AuditPage([.. links]) { Format = AuditDigest.NewestFormat }, ProtocolJson.Default.AuditPage);
    }

    private async ValueTask<Reply> ListNotes(HttpContext context)
    {
        var problem = Query.ReadNumber(context, "before", long.MaxValue, 1, long.MaxValue, clamp: false, out var before)
            ?? Query.ReadNumber(context, "limit", NotesByDefault, 1, Limits.Page, clamp: false, out _)
            ?? ReadWhat(context, out _);
        if (problem is not null) return problem;
        Query.ReadNumber(context, "limit", NotesByDefault, 1, Limits.Page, clamp: false, out var limit);
        ReadWhat(context, out var what);
        var page = what is null
            ? new AuditNotePage([.. (await chains.ReadNotes(before, (int)limit, context.RequestAborted)).Select(note => note.ToView())])
            : await FindNotes(what, before, (int)limit, context.RequestAborted);
        return Reply.FromValue(page, ProtocolJson.Default.AuditNotePage);
    }

    /// <summary>Looks at so many notes at most; where it stopped before the end, the answer says where to go on.</summary>
    private async Task<AuditNotePage> FindNotes(string[] what, long before, int limit, CancellationToken cancellation)
    {
        var found = new List<AuditNoteView>();
        for (var looked = 0; looked < NotesLookedAt; looked += Limits.Page)
        {
            var notes = await chains.ReadNotes(before, Limits.Page, cancellation);
            foreach (var note in notes)
            {
                before = note.Number;
                if (what.Contains(note.Note.What, StringComparer.Ordinal)) found.Add(note.ToView());
                if (found.Count == limit) return new([.. found], before);
            }
            if (notes.Count < Limits.Page) return new([.. found]);
        }
        return new([.. found], before);
    }

    /// <summary><c>what</c>: names of events, separated by commas; null: all.</summary>
    private static Problem? ReadWhat(HttpContext context, out string[]? what)
    {
        what = null;
        if (Query.ReadText(context, "what", out var text) is { } problem) return problem;
        if (text is null) return null;
        what = text.Split(',');
        return what.Length <= MostNames && what.All(name => Names.IsName(name)) ? null
            : Problem400.ForField("what", $"must be names of notes, at most {MostNames}, separated by commas");
    }
}
