namespace OpenClaw.Gateway.Security.Revocation;

/// <summary>
/// Requests that go on long after their token was looked up: held, followed, sent or read slowly. All of one token are cut together.
/// </summary>
internal sealed class LongRequests
{
    private readonly Lock gate = new();
    private readonly Dictionary<TokenUse, TokenInUse> tokens = [];

    /// <summary>The tokens of those that are under way.</summary>
    public IReadOnlyList<TokenInUse> Tokens
    {
        get
        {
            lock (gate) return [.. tokens.Values];
        }
    }

    /// <summary>
    /// From now on the request is cut when its token is; dispose when it is over, before its connection serves another one.
    /// </summary>
    public LongRequest TrackRequest(Caller caller, HttpContext context)
    {
        TokenInUse? token;
        lock (gate)
        {
            if (!tokens.TryGetValue(caller.Use, out token)) tokens[caller.Use] = token = new(caller);
            token.Requests++;
        }
        // Outside of the lock: a token that was cut in between aborts the request in here.
        return new(this, token, token.RegisterCut(static context => ((HttpContext)context!).Abort(), context));
    }

    /// <summary>Aborts the requests of a token; how many.</summary>
    public int CutRequests(TokenInUse token)
    {
        int requests;
        lock (gate)
        {
            requests = token.Requests;
            // One that begins from now on, by what the cache remembers, is found by the next check.
            RemoveToken(token);
        }
        token.CutAll();
        return requests;
    }

    internal void EndRequest(TokenInUse token)
    {
        lock (gate)
        {
            if (--token.Requests == 0) RemoveToken(token);
        }
    }

    private void RemoveToken(TokenInUse token)
    {
        if (tokens.TryGetValue(token.Caller.Use, out var known) && known == token) tokens.Remove(token.Caller.Use);
    }
}

/// <summary>
/// A token as it was when it was let in: with this one of its secrets, by this version of its rules and of its person's roles.
/// </summary>
internal readonly record struct TokenUse(string TokenId, long Generation, long RulesVersion, long PersonVersion = 0);

/// <summary>A token and what is cut with it.</summary>
internal sealed class TokenInUse(Caller caller)
{
    private readonly CancellationTokenSource over = new();

    /// <summary>One who was let in with it.</summary>
    public Caller Caller => caller;

    /// <summary>Under the lock of <see cref="LongRequests"/>.</summary>
    public int Requests { get; set; }

    public CancellationTokenRegistration RegisterCut(Action<object?> cut, object request) => over.Token.UnsafeRegister(cut, request);

    public void CutAll() => over.Cancel();
}

/// <summary>
/// A request that goes on for long. Its end waits for a cut that is under way, so that none meets the connection's next request.
/// </summary>
internal readonly record struct LongRequest(LongRequests? All, TokenInUse? Token, CancellationTokenRegistration WhenCut) : IDisposable
{
    public void Dispose()
    {
        WhenCut.Dispose();
        All?.EndRequest(Token!);
    }
}
