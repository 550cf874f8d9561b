using OpenClaw.Cli.Contexts;
using OpenClaw.Cli.Printing;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Security;

namespace OpenClaw.Cli.Tokens;

/// <summary>The tokens of the tenant.</summary>
internal static class ListTokensVerb
{
    private static readonly VerbOption Ended = new("--all", "with those that are revoked or have run out");
    private static readonly VerbOption Quiet = new("--quiet", "ids alone");

    public static Verb List { get; } = new("tokens list", "the tokens of the tenant", Run) { Options = [Ended, Quiet] };

    private static async Task<int> Run(VerbCall call)
    {
        var tokens = new List<TokenView>();
        string? cursor = null;
        do
        {
            var (page, exit) = await call.AskServer(http => new TokensClient(http).ListTokens(cursor, Limits.Page));
            if (page is null) return exit;
            tokens.AddRange(page.Tokens.Where(token => token.Status == "active" || call.HasOption(Ended)));
            cursor = page.NextCursor;
        }
        while (cursor is not null);
        return call.Show(new TokenListView([.. tokens]), ProtocolJson.Default.TokenListView, to => WriteTable(call, to, tokens));
    }

    private static void WriteTable(VerbCall call, TextWriter to, List<TokenView> tokens)
    {
        if (call.HasOption(Quiet))
        {
            foreach (var token in tokens) to.WriteLine(token.Id);
            return;
        }
        TextTable.Write(to, ["ID", "ROLE", "STATUS", "PERSON", "NAME", "ENDS", "NARROWED TO"], tokens.Select(token => new[]
        {
            token.Id, token.Role, token.Status, token.Person ?? "", token.Name ?? "",
            token.ExpiresAt is { } at ? Times.FormatTime(at) : "never",
            CallerText.DescribeNarrowing(token.Narrowing) ?? "",
        }));
    }
}
