using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using OpenClaw.Gateway.Hosting;

namespace OpenClaw.Gateway.Security;

/// <summary>A token and what it is for: <c>client</c>, <c>worker</c> or <c>admin</c>.</summary>
public sealed record IssuedToken(string Role, string Token)
{
    /// <summary>The token that a variable has; else what is wrong with it, which never shows the text, however wrong it is.</summary>
    public static (IssuedToken? Token, string? Error) ParseVariable(string variable, string role, string text)
    {
        var isWhole = TokenText.TryParse(text, out _, out _, out var found);
        var name = found == Roles.None ? role : TokenText.FormatRole(found);
        if (isWhole && name == role && found != Roles.None) return (new IssuedToken(role, text), null);
        return (null, name == role ? $"{variable} is not a well-formed token." : $"{variable} is a token of the role {name}.");
    }

    /// <summary>Without the secret, for a log that somebody may add.</summary>
    public override string ToString() => $"token of the role {Role}";
}

/// <summary>
/// Sees to it that there are tokens: those of the environment, those of the data folder's <c>tokens</c> file, which is made when it
/// is missing, or, with neither, one of each role for an empty database. Any number of gateways may do this at the same moment.
/// </summary>
public sealed class TokenBootstrapper
{
    private static readonly Roles[] Wanted = [Roles.Client, Roles.Worker, Roles.Admin];

    private readonly TokenStore store;
    private readonly TokenReadiness known;
    private readonly GatewayOptions options;

    internal TokenBootstrapper(IGrainFactory grains, TimeProvider clock, IOptions<GatewayOptions> options, TokenReadiness known) =>
        (store, this.known, this.options) = (new TokenStore(grains, clock), known, options.Value);

    /// <summary>The <c>tokens</c> file of a data folder.</summary>
    public static string GetTokensPath(string dataFolder) => Path.Combine(dataFolder, "tokens");

    /// <summary>
    /// Tokens this process knows the text of, all of them known to the store; and whether they are new and so to be shown, once. Call
    /// it when there is a silo.
    /// </summary>
    /// <exception cref="InvalidDataException">A token can't be accepted; the message says which, and what to do.</exception>
    public async Task<(IReadOnlyList<IssuedToken> Tokens, bool Created)> EnsureTokens()
    {
        var tokens = await EnsureStored();
        known.MarkReady();
        return tokens;
    }

    /// <summary>
    /// Those of the tokens of <see cref="EnsureTokens"/> that nobody is let in with: they were revoked, rotated, or have run out.
    /// </summary>
    public async Task<IReadOnlyList<IssuedToken>> FindRefusedTokens(IReadOnlyList<IssuedToken> tokens)
    {
        var refused = new List<IssuedToken>();
        foreach (var token in tokens)
        {
            if (!await store.IsGood(token)) refused.Add(token);
        }
        return refused;
    }

    private async Task<(IReadOnlyList<IssuedToken>, bool)> EnsureStored()
    {
        foreach (var token in options.Tokens)
        {
            if (!await store.StoreToken(token))
                throw new InvalidDataException($"The {token.Role} token that was given is known with another secret; make a new one.");
        }
        if (options.DataFolder.Length > 0) return await EnsureFile(GetTokensPath(options.DataFolder));
        if (options.Tokens.Count == 0) return await CreateOnce();
        await ClaimDatabase();
        return (options.Tokens, false);
    }

    /// <summary>
    /// The hash is stored before the file is written, so a token that somebody can read works; a hash that is missing (another
    /// database, a crash) is stored again from the file.
    /// </summary>
    private async Task<(IReadOnlyList<IssuedToken>, bool)> EnsureFile(string path)
    {
        var made = File.Exists(path) ? null : CreateTokens();
        if (made is not null) await StoreAll(made, path);
        if (made is not null && TokensFile.TryWrite(path, made))
        {
            await ClaimDatabase();
            return (made, true);
        }
        var found = TokensFile.Read(path);
        await StoreAll(found, path);
        return (found, false);
    }

    /// <summary>
    /// Made and stored first, claimed then, shown last: of a race's loser nothing is left but hashes of what nobody knows.
    /// </summary>
    private async Task<(IReadOnlyList<IssuedToken>, bool)> CreateOnce()
    {
        if (!await store.IsFirst()) return ([], false);
        var made = CreateTokens();
        await StoreAll(made, "");
        return await ClaimDatabase() ? (made, true) : ([], false);
    }

    private Task<bool> ClaimDatabase() => store.ClaimDatabase(RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes));

    private static IssuedToken[] CreateTokens() =>
        Array.ConvertAll(Wanted, role => new IssuedToken(TokenText.FormatRole(role), TokenText.Create(role)));

    private async Task StoreAll(IEnumerable<IssuedToken> tokens, string path)
    {
        foreach (var token in tokens)
        {
            if (!await store.StoreToken(token))
                throw new InvalidDataException(
                    $"{path} has a {token.Role} token that can't be accepted; delete the file to make new tokens.");
        }
    }
}
