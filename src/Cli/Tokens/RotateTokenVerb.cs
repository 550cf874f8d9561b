using OpenClaw.Protocol.Security;

namespace OpenClaw.Cli.Tokens;

/// <summary>Gives a token another secret, under the same id and rules.</summary>
internal static class RotateTokenVerb
{
    private const string WhenLost = "The token may have another secret by now, which is nobody's: rotate it once more";

    private static readonly VerbOption Overlap =
        new("--overlap", "so long the old secret is good as well (default: not at all; at most a day)", "TIME");

    public static Verb Rotate { get; } = new("tokens rotate", "gives a token another secret", Run)
    {
        Options = [Overlap],
        Words = "ID",
        Count = (1, 1),
        More = "The secret is all that goes to standard output. Where the old one is kept (a tokens file, a login), put the new one.",
    };

    private static async Task<int> Run(VerbCall call)
    {
        var id = call.Words[0];
        if (TokenOptions.ExplainId(id) is { } wrong) return call.Fail(ExitCodes.Usage, wrong);
        var errors = new List<string>();
        var rotation = new RotateToken { Overlap = call.ReadDuration(Overlap, errors) };
        if (errors.Count > 0) return call.FailUsage(errors);
        var (issued, exit) = await call.AskServer(http => new TokensClient(http).RotateToken(id, rotation), WhenLost);
        return issued is null ? exit : TokenLines.ShowIssued(call, issued, "rotated");
    }
}
