using OpenClaw.Protocol.Security;

namespace OpenClaw.Cli.Tokens;

/// <summary>
/// Changes what a token may do. The server takes the whole of it; what no option names stays as it is.
/// </summary>
internal static class NarrowTokenVerb
{
    private static readonly string[] Restrictions = ["workers", "labels", "kinds", "max-timeout", "rate", "max-queued", "max-running"];
    private static readonly VerbOption Lift =
        new("--lift", $"takes restrictions away: {string.Join(", ", Restrictions)}", "A,B");

    public static Verb Narrow { get; } = new("tokens narrow", "changes what a token may do", Run)
    {
        Options = [.. TokenOptions.All, Lift],
        Words = "ID",
        Count = (1, 1),
        More = "What no option names stays as it is. It holds within 5 s, also for what is under way. Nobody gives more than they have.",
    };

    private static async Task<int> Run(VerbCall call)
    {
        var id = call.Words[0];
        if (TokenOptions.ExplainId(id) is { } wrong) return call.Fail(ExitCodes.Usage, wrong);
        var lifted = call.FindList(Lift) ?? [];
        if (lifted.Except(Restrictions).FirstOrDefault() is { } unknown)
            return call.Fail(ExitCodes.Usage, $"--lift takes {string.Join(", ", Restrictions)}, and not {unknown}");
        if (lifted.Length == 0 && !TokenOptions.All.Any(call.HasOption))
            return call.Fail(ExitCodes.Usage, "nothing to change: openclaw tokens narrow --help lists the options");
        var (token, exit) = await call.AskServer(http => new TokensClient(http).GetToken(id));
        if (token is null) return exit;
        var errors = new List<string>();
        var change = DecideChange(call, token, lifted, errors);
        if (errors.Count > 0) return call.FailUsage(errors);
        (token, exit) = await call.AskServer(http => new TokensClient(http).ChangeToken(id, change));
        return token is null ? exit : TokenLines.Show(call, token);
    }

    private static ChangeToken DecideChange(VerbCall call, TokenView token, string[] lifted, List<string> errors)
    {
        var before = token.Narrowing ?? new TokenNarrowing();
        before = before with
        {
            Workers = lifted.Contains("workers") ? null : before.Workers,
            Labels = lifted.Contains("labels") ? null : before.Labels,
            Kinds = lifted.Contains("kinds") ? null : before.Kinds,
            MaxTimeout = lifted.Contains("max-timeout") ? null : before.MaxTimeout,
        };
        var scopes = TokenOptions.ReadScopes(call, token.Scopes) ?? token.Scopes;
        if (scopes.Length == 0) errors.Add("no scope would be left: openclaw tokens revoke ends a token");
        return new()
        {
            Scopes = scopes,
            Narrowing = TokenOptions.ReadNarrowing(call, before, errors),
            MaxQueued = TokenOptions.ReadMaxQueued(call, errors) ?? (lifted.Contains("max-queued") ? null : token.MaxQueued),
            MaxRunning = TokenOptions.ReadMaxRunning(call, errors) ?? (lifted.Contains("max-running") ? null : token.MaxRunning),
            RequestsPerMinute = TokenOptions.ReadRate(call, errors) ?? (lifted.Contains("rate") ? null : token.RequestsPerMinute),
        };
    }
}
