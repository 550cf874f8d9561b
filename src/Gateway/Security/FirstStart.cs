using Microsoft.Extensions.Options;
using OpenClaw.GrainInterfaces.Security;

namespace OpenClaw.Gateway.Security;

/// <summary>A token and what it is for: <c>client</c>, <c>worker</c> or <c>admin</c>.</summary>
public sealed record IssuedToken(string Role, string Token);

/// <summary>
/// Makes one token of each role when the data folder has no <c>tokens</c> file. The hash is stored before the file is written, so a
/// token that somebody can read works; a hash that is missing (another database, a crash) is stored again from the file.
/// </summary>
public sealed class FirstStart
{
    private const string FileName = "tokens";
    private static readonly Roles[] Wanted = [Roles.Client, Roles.Worker, Roles.Admin];

    private readonly IGrainFactory grains;
    private readonly TimeProvider clock;
    private readonly string path;

    /// <summary>Made by the container.</summary>
    public FirstStart(IGrainFactory grains, TimeProvider clock, IOptions<GatewayOptions> options) =>
        (this.grains, this.clock, path) = (grains, clock, Path.Combine(options.Value.DataFolder, FileName));

    /// <summary>
    /// Tokens of the three roles, in the order client, worker, admin, all of them known to the store; and whether they are new and
    /// so to be shown, once. Call it when the silo is up.
    /// </summary>
    public async Task<(IReadOnlyList<IssuedToken> Tokens, bool Created)> EnsureTokens(CancellationToken cancellation)
    {
        var created = !File.Exists(path);
        var tokens = created
            ? [.. Wanted.Select(role => new IssuedToken(TokenText.Name(role), TokenText.Create(role)))]
            : TokensFile.Read(path);
        foreach (var token in tokens) await Store(token);
        if (created) await TokensFile.Write(path, tokens, cancellation);
        return (tokens, created);
    }

    private async Task Store(IssuedToken token)
    {
        if (!TokenText.TryParse(token.Token, out var id, out var secret, out var role) || token.Role != TokenText.Name(role))
            throw new InvalidDataException($"{path} has a {token.Role} token that is not well-formed; delete the file to make new tokens.");
        var hash = new byte[32];
        TokenText.Hash(secret, hash);
        var record = new TokenRecord
        {
            TokenId = id.ToString(),
            SecretHash = hash,
            Role = token.Role,
            CreatedAt = clock.GetUtcNow(),
        };
        // False: it is known already.
        await grains.GetGrain<ITokenGrain>(GrainKeys.Token(record.TokenId)).Create(record);
    }
}
