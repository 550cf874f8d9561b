using OpenClaw.Protocol.Security;

namespace OpenClaw.Cli.Tokens;

/// <summary>All that is known of one token.</summary>
internal static class ShowTokenVerb
{
    public static Verb Show { get; } = new("tokens show", "one token, and what it may do", Run) { Words = "ID", Count = (1, 1) };

    private static async Task<int> Run(VerbCall call)
    {
        var id = call.Words[0];
        if (TokenOptions.ExplainId(id) is { } wrong) return call.Fail(ExitCodes.Usage, wrong);
        var (token, exit) = await call.AskServer(http => new TokensClient(http).GetToken(id));
        return token is null ? exit : TokenLines.Show(call, token);
    }
}
