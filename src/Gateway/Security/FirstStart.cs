using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using OpenClaw.Gateway.Hosting;

namespace OpenClaw.Gateway.Security;

/// <summary>A token and what it is for: <c>client</c>, <c>worker</c> or <c>admin</c>.</summary>
public sealed record IssuedToken(string Role, string Token)
{
    /// <summary>Without the secret.</summary>
    public override string ToString() => $"token of the role {Role}";
}

/// <summary>
/// Sees to it that there are tokens: those of the environment, those of the data folder's <c>tokens</c> file, which is made when it
/// is missing, or, with neither, one of each role for an empty database. Any number of gateways may do this at the same moment.
/// </summary>
public sealed class FirstStart
{
    private static readonly Roles[] Wanted = [Roles.Client, Roles.Worker, Roles.Admin];

    private readonly TokenStore store;
    private readonly TokensAreKnown known;
    private readonly GatewayOptions options;

    internal FirstStart(IGrainFactory grains, TimeProvider clock, IOptions<GatewayOptions> options, TokensAreKnown known) =>
        (store, this.known, this.options) = (new TokenStore(grains, clock), known, options.Value);

    /// <summary>The <c>tokens</c> file of a data folder.</summary>
    public static string FileIn(string dataFolder) => Path.Combine(dataFolder, "tokens");

    /// <summary>
    /// Tokens this process knows the text of, all of them known to the store; and whether they are new and so to be shown, once. Call
    /// it when there is a silo.
    /// </summary>
    /// <exception cref="InvalidDataException">A token can't be accepted; the message says which, and what to do.</exception>
    public async Task<(IReadOnlyList<IssuedToken> Tokens, bool Created)> EnsureTokens(CancellationToken cancellation)
    {
        var tokens = await Ensure(cancellation);
        known.Tell();
        return tokens;
    }

    private async Task<(IReadOnlyList<IssuedToken>, bool)> Ensure(CancellationToken cancellation)
    {
        foreach (var token in options.Tokens)
        {
            if (!await store.Accept(token))
                throw new InvalidDataException($"The {token.Role} token that was given is known with another secret; make a new one.");
        }
        if (options.DataFolder.Length > 0) return await InFile(FileIn(options.DataFolder), cancellation);
        if (options.Tokens.Count == 0) return await Once();
        await Claim();
        return (options.Tokens, false);
    }

    /// <summary>
    /// The hash is stored before the file is written, so a token that somebody can read works; a hash that is missing (another
    /// database, a crash) is stored again from the file.
    /// </summary>
    private async Task<(IReadOnlyList<IssuedToken>, bool)> InFile(string path, CancellationToken cancellation)
    {
        var made = File.Exists(path) ? null : Make();
        if (made is not null) await AcceptAll(made, path);
        if (made is not null && await TokensFile.TryWrite(path, made, cancellation))
        {
            await Claim();
            return (made, true);
        }
        var found = TokensFile.Read(path);
        await AcceptAll(found, path);
        return (found, false);
    }

    /// <summary>Made and stored first, claimed then, shown last: of a race's loser nothing is left but hashes of what nobody knows.</summary>
    private async Task<(IReadOnlyList<IssuedToken>, bool)> Once()
    {
        if (!await store.IsFirst()) return ([], false);
        var made = Make();
        await AcceptAll(made, "");
        return await Claim() ? (made, true) : ([], false);
    }

    private Task<bool> Claim() => store.Claim(RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes));

    private static IssuedToken[] Make() => Array.ConvertAll(Wanted, role => new IssuedToken(TokenText.Name(role), TokenText.Create(role)));

    private async Task AcceptAll(IEnumerable<IssuedToken> tokens, string path)
    {
        foreach (var token in tokens)
        {
            if (!await store.Accept(token))
                throw new InvalidDataException($"{path} has a {token.Role} token that can't be accepted; delete the file to make new tokens.");
        }
    }
}
