using OpenClaw.Protocol;
using OpenClaw.Protocol.Security;

namespace OpenClaw.Cli.Tokens;

/// <summary>Ends tokens for good.</summary>
internal static class RevokeTokenVerb
{
    public static Verb Revoke { get; } = new("tokens revoke", "ends tokens for good, within 5 s on every gateway", Run)
    {
        Words = "ID...",
        Count = (1, int.MaxValue),
        More = "With several, all are tried; the exit code is that of the first one that could not be revoked.",
    };

    private static async Task<int> Run(VerbCall call)
    {
        if (call.Words.Select(TokenOptions.ExplainId).OfType<string>().ToArray() is { Length: > 0 } wrong) return call.FailUsage(wrong);
        var code = ExitCodes.Done;
        foreach (var id in call.Words)
        {
            var (token, exit) = await call.AskServer(http => new TokensClient(http).RevokeToken(id));
            if (token is null) code = code == ExitCodes.Done ? exit : code;
            else call.Show(token, ProtocolJson.Default.TokenView, to => to.WriteLine($"revoked: {token.Id}"));
        }
        return code;
    }
}
