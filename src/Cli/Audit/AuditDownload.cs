using OpenClaw.Protocol.Audit;

namespace OpenClaw.Cli.Audit;

/// <summary>Reads the audit's chains from the server, page by page, each up to where it ended when it was asked first.</summary>
internal static class AuditDownload
{
    /// <summary>A link has up to some hundred rows.</summary>
    private const int Page = 20;

    /// <summary>Null chains: why is told already, and the exit code is the one to return.</summary>
    public static async Task<(AuditChainList? Chains, int ExitCode)> ListChains(VerbCall call) =>
        await call.AskServer(http => new AuditClient(http).ListChains());

    /// <summary>Hands on each link, in order; the exit code. A link that is missing is for the verifier to find.</summary>
    public static async Task<int> ReadLinks(VerbCall call, AuditChainList known, Action<AuditLinkView> take)
    {
        foreach (var chain in known.Chains)
        {
            for (var after = chain.Start; after < chain.Link;)
            {
                var from = after;
                var (page, exit) = await call.AskServer(http => new AuditClient(http).ListLinks(chain.Chain, from, Page));
                if (page is null) return exit;
                if (page.Links.Length == 0) break;
                foreach (var link in page.Links.Where(link => link.Link <= chain.Link)) take(link);
                after = page.Links[^1].Link;
            }
        }
        return ExitCodes.Done;
    }
}
