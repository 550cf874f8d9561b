using OpenClaw.Protocol.Security;

namespace OpenClaw.Cli.Tokens;

/// <summary>Makes a token, as narrow as is said.</summary>
internal static class CreateTokenVerb
{
    private const string WhenLost = "The token may have been made nevertheless, and its secret is nobody's: "
        + "openclaw tokens list shows it, openclaw tokens revoke ends it";

    private static readonly VerbOption Name = new("--name", "what it is for", "TEXT");
    private static readonly VerbOption Person = new("--person", "whose it is: it has at most what their roles give", "NAME");
    private static readonly VerbOption Expires = new("--expires", "it ends after this time (default: never)", "TIME");

    public static Verb Create { get; } = new("tokens create", "makes a token; its secret is shown this once", Run)
    {
        Options = [Name, Person, .. TokenOptions.All, Expires],
        Words = "ROLE (client, worker or admin)",
        Count = (1, 1),
        More = "The secret is all that goes to standard output: TOKEN=$(openclaw tokens create client --expires 90d).\n"
            + $"TIME is {Duration.Form}. Lists take commas, or the option again.",
    };

    private static async Task<int> Run(VerbCall call)
    {
        var errors = new List<string>();
        var role = call.Words[0];
        var allowed = TokenRoles.GetScopes(role);
        if (allowed.Count == 0) errors.Add("ROLE must be client, worker or admin");
        var make = new MakeToken
        {
            Role = role,
            Name = call.FindValue(Name),
            Person = call.FindValue(Person),
            Scopes = TokenOptions.ReadScopes(call, allowed),
            Narrowing = TokenOptions.ReadNarrowing(call, null, errors),
            RequestsPerMinute = TokenOptions.ReadRate(call, errors),
            MaxQueued = TokenOptions.ReadMaxQueued(call, errors),
            MaxRunning = TokenOptions.ReadMaxRunning(call, errors),
            ExpiresIn = call.ReadDuration(Expires, errors),
        };
        if (errors.Count > 0) return call.FailUsage(errors);
        var (issued, exit) = await call.AskServer(http => new TokensClient(http).MakeToken(make), WhenLost);
        return issued is null ? exit : TokenLines.ShowIssued(call, issued, "made");
    }
}
