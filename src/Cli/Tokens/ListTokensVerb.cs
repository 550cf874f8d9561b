using OpenClaw.Cli.Contexts;
using OpenClaw.Cli.Printing;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Security;

namespace OpenClaw.Cli.Tokens;

/// <summary>The tokens of the tenant.</summary>
internal static class ListTokensVerb
{
    private static readonly VerbOption Ended = new("--all", "with those that are revoked or have run out");
    private static readonly VerbOption Unused = new("--unused", "only those that nobody has used for so long", "TIME");
    private static readonly VerbOption Quiet = new("--quiet", "ids alone");

    public static Verb List { get; } = new("tokens list", "the tokens of the tenant", Run)
    {
        Options = [Ended, Unused, Quiet],
        More = "When a token was last used is known to the hour.",
    };

    private static async Task<int> Run(VerbCall call)
    {
        var errors = new List<string>();
        var unused = call.ReadDuration(Unused, errors);
        if (errors.Count > 0) return call.FailUsage(errors);
        var (tokens, usesSince, now) = (new List<TokenView>(), (long?)null, call.Terminal.Clock.GetUtcNow());
        string? cursor = null;
        do
        {
            var (page, exit) = await call.AskServer(http => new TokensClient(http).ListTokens(cursor, Limits.Page));
            if (page is null) return exit;
            tokens.AddRange(page.Tokens.Where(token => (token.Status == "active" || call.HasOption(Ended))
                && (unused is null || TokenUse.IsUnusedFor(token, page.UsesSince, unused.Value, now))));
            (cursor, usesSince) = (page.NextCursor, page.UsesSince);
        }
        while (cursor is not null);
        if (unused is not null && ExplainUnknown(usesSince, unused.Value, now) is { } why) call.Error.WriteLine(why);
        return call.Show(new TokenListView([.. tokens]) { UsesSince = usesSince }, ProtocolJson.Default.TokenListView,
            to => WriteTable(call, to, tokens, usesSince));
    }

    /// <summary>Why there is none in the list; null: it can be told.</summary>
    private static string? ExplainUnknown(long? usesSince, long unused, DateTimeOffset now) =>
        usesSince is not { } since ? "The server does not say when tokens were used: it, or one of its silos, is of an older build."
        : since > now.ToUnixTimeMilliseconds() - unused ? $"Uses are noted since {Times.FormatTime(since)}, which is not so long ago."
        : null;

    private static void WriteTable(VerbCall call, TextWriter to, List<TokenView> tokens, long? usesSince)
    {
        var now = call.Terminal.Clock.GetUtcNow();
        if (call.HasOption(Quiet))
        {
            foreach (var token in tokens) to.WriteLine(token.Id);
            return;
        }
        TextTable.Write(to, ["ID", "ROLE", "STATUS", "USED", "PERSON", "NAME", "ENDS", "NARROWED TO"], tokens.Select(token => new[]
        {
            token.Id, token.Role, token.Status, TokenUse.Describe(token, usesSince, now), token.Person ?? "", token.Name ?? "",
            token.ExpiresAt is { } at ? Times.FormatTime(at) : "never",
            CallerText.DescribeNarrowing(token.Narrowing) ?? "",
        }));
    }
}
