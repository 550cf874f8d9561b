using OpenClaw.Cli.Connections;
using OpenClaw.Protocol.Security;

namespace OpenClaw.Cli.Settings;

/// <summary>
/// Which server is asked, and as whom: options win over variables, and those over the settings. A token goes to the server that it was
/// given for: with another address than its context's it is not used.
/// </summary>
internal sealed record ServerChoice(Uri Url, string Token, ServerTrust Trust, string? Context)
{
    /// <summary>The choice for a verb, or why there is none.</summary>
    public static (ServerChoice? Choice, VerbError? Error) Choose(VerbCall call)
    {
        var (settings, error) = call.Settings.Load();
        if (settings is null) return (null, error);
        var given = GivenSettings.Read(call, out error);
        return given is null ? (null, error) : Choose(given, settings);
    }

    /// <summary>The same, pure but for the file of authorities.</summary>
    internal static (ServerChoice? Choice, VerbError? Error) Choose(GivenSettings given, SavedSettings settings)
    {
        var name = given.Context ?? settings.Current;
        if (given.Context is { } asked && !settings.Contexts.ContainsKey(asked))
            return (null, new(ExitCodes.Usage, $"there is no context {asked}; openclaw contexts list shows those there are"));
        var context = name is null ? null : settings.Contexts.GetValueOrDefault(name);
        if (given.Url is { } elsewhere && context?.Url != ServerAddress.Normalize(elsewhere))
            (name, context) = settings.Contexts.FirstOrDefault(known => known.Value.Url == ServerAddress.Normalize(elsewhere));
        if ((given.Url ?? (context is null ? null : ServerAddress.Parse(context.Url, "").Url)) is not { } url)
            return (null, new(ExitCodes.NotAllowed, "not logged in: openclaw login URL, or set OPENCLAW_URL and OPENCLAW_TOKEN"));
        if ((given.Token ?? context?.Token) is not { } token)
            return (null, new(ExitCodes.NotAllowed, $"not logged in to {url}: openclaw login {url}, or set OPENCLAW_TOKEN"));
        if (ExplainToken(token) is { } unfit) return (null, new(ExitCodes.NotAllowed, unfit));
        if (!ServerAddress.IsPrivate(url) && !given.InsecureHttp && context?.InsecureHttp != true) return (null, Plain(url));
        var (trust, broken) = ServerTrust.Load(context?.Ca, given.CaFile);
        return trust is null ? (null, new(ExitCodes.Usage, broken!)) : (new(url, token, trust, context is null ? null : name), null);
    }

    /// <summary>Why a token is none, without saying it; null when it may be one.</summary>
    public static string? ExplainToken(string token) =>
        token.Length == 0 ? "the token is empty"
        : token.Any(c => c is <= ' ' or > '~') ? "the token has characters in it that no token has"
        : TokenForm.JudgeText(token) is TokenJudgement.NotWhole or TokenJudgement.Mistyped
            ? "the token is not whole or has a typing error: copy it again" : null;

    /// <summary>A token is never sent where others can hear it, unless it is said.</summary>
    public static VerbError Plain(Uri url) => new(ExitCodes.Usage,
        $"{url} is plain HTTP to another machine, and the token could be read on the way: use https, or say --insecure-http");

    public HttpClient CreateClient() => ServerConnection.CreateClient(Url, Token, Trust);

    /// <summary>Without the token.</summary>
    public override string ToString() => Url.ToString();
}
