using System.Globalization;
using OpenClaw.Protocol.Answers;

namespace OpenClaw.Protocol.Security;

/// <summary>
/// The routes of tokens, typed. The <see cref="HttpClient"/> brings base address and a token, of an administrator for all but
/// <see cref="GetCaller"/>. Problems and answers
/// that prove nothing are values; a server that is not there is an <see cref="HttpRequestException"/>. To make a token or to rotate one is
/// not repeated by itself: a secret whose answer was lost is nobody's, so revoke it or rotate once more.
/// </summary>
public sealed class TokensClient(HttpClient http)
{
    /// <summary>Makes a token; its text is in this answer alone.</summary>
    public Task<Answer<IssuedTokenView>> MakeToken(MakeToken token, CancellationToken cancellation = default) =>
        AnswerReader.PostJson(http, Routes.Tokens, token, ProtocolJson.Default.MakeToken, ExpectIssued(null), cancellation);

    /// <summary>What is known of a token, without its text.</summary>
    public Task<Answer<TokenView>> GetToken(string id, CancellationToken cancellation = default) =>
        AnswerReader.GetJson(http, BuildPath(Routes.Token, id), ExpectToken(id), cancellation);

    /// <summary>A page of tokens, by id.</summary>
    public Task<Answer<TokenListView>> ListTokens(string? cursor = null, int? limit = null, CancellationToken cancellation = default)
    {
        (string Name, string? Value)[] given = [("cursor", cursor), ("limit", limit?.ToString(CultureInfo.InvariantCulture))];
        var query = string.Join('&', given.Where(pair => pair.Value is not null)
            .Select(pair => $"{pair.Name}={Uri.EscapeDataString(pair.Value!)}"));
        return AnswerReader.GetJson(http, query.Length == 0 ? Routes.Tokens : $"{Routes.Tokens}?{query}", ExpectedList, cancellation);
    }

    /// <summary>Says what a token may do from now on.</summary>
    public Task<Answer<TokenView>> ChangeToken(string id, ChangeToken change, CancellationToken cancellation = default) =>
        AnswerReader.PostJson(
            http, BuildPath(Routes.Token, id), change, ProtocolJson.Default.ChangeToken, ExpectToken(id), cancellation);

    /// <summary>Gives a token a new secret.</summary>
    public Task<Answer<IssuedTokenView>> RotateToken(string id, RotateToken rotation, CancellationToken cancellation = default) =>
        AnswerReader.PostJson(
            http, BuildPath(Routes.RotateToken, id), rotation, ProtocolJson.Default.RotateToken, ExpectIssued(id), cancellation);

    /// <summary>Ends a token for good. May be repeated.</summary>
    public async Task<Answer<TokenView>> RevokeToken(string id, CancellationToken cancellation = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, BuildPath(Routes.RevokeToken, id));
        return await AnswerReader.SendRequest(http, request, ExpectToken(id), cancellation).ConfigureAwait(false);
    }

    /// <summary>Whom the server takes the caller for.</summary>
    public Task<Answer<CallerView>> GetCaller(CancellationToken cancellation = default) =>
        AnswerReader.GetJson(http, Routes.Me, ExpectedCaller, cancellation);

    private static ExpectedAnswer<CallerView> ExpectedCaller { get; } =
        new(ProtocolJson.Lenient.CallerView) { Fits = caller => caller is { TokenId.Length: > 0, Tenant.Length: > 0 } };

    private static ExpectedAnswer<TokenListView> ExpectedList { get; } =
        new(ProtocolJson.Lenient.TokenListView) { Fits = page => Array.TrueForAll(page.Tokens, token => token is { Id.Length: > 0 }) };

    private static ExpectedAnswer<TokenView> ExpectToken(string id) =>
        new(ProtocolJson.Lenient.TokenView) { Fits = token => token.Id == id };

    private static ExpectedAnswer<IssuedTokenView> ExpectIssued(string? id) => new(ProtocolJson.Lenient.IssuedTokenView)
    {
        Fits = issued => issued.Token.Id == (id ?? issued.Token.Id)
            && TokenForm.TryParse(issued.Secret, out _, out var inText, out _) && inText.SequenceEqual(issued.Token.Id),
    };

    private static string BuildPath(string route, string id) => route.Replace("{id}", Uri.EscapeDataString(id), StringComparison.Ordinal);
}
