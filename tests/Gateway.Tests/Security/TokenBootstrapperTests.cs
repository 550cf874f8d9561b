using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OpenClaw.Gateway.Hosting;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.GrainInterfaces.Security;

namespace OpenClaw.Gateway.Tests.Security;

public sealed class TokenBootstrapperTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("openclaw-first-start").FullName;
    private readonly Dictionary<string, TokenRecord> store = [];
    private readonly FakeGrains grains = new();
    private readonly TokenReadiness told = new();

    public TokenBootstrapperTests()
    {
        grains.On<ITokenGrain>("Create", (key, args) => Task.FromResult(store.TryAdd((string)key, (TokenRecord)args[0]!)));
        grains.On<ITokenGrain>("Get", (key, _) => Task.FromResult(store.GetValueOrDefault((string)key)));
    }

    /// <summary>Without the mark that tokens were made.</summary>
    private TokenRecord[] Stored => [.. store.Values.Where(record => record.Role != "mark")];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task The_first_start_makes_a_token_of_each_role_in_a_file_for_the_owner_alone()
    {
        var (tokens, created) = await New().EnsureTokens();

        Assert.True(created);
        Assert.Equal(["client", "worker", "admin"], tokens.Select(token => token.Role));
        Assert.Equal(tokens.Select(token => $"{token.Role}={token.Token}"), File.ReadAllLines(PathOf()));
        Assert.Equal(3, Stored.Length);
        Assert.True(told.IsReady);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(PathOf()));
    }

    [Fact]
    public async Task The_store_never_sees_a_secret()
    {
        var (tokens, _) = await New().EnsureTokens();

        Assert.Equal((3, 3), (tokens.Count, Stored.Length));
        foreach (var (token, record) in tokens.Zip(Stored))
        {
            Assert.Equal(32, record.SecretHash.Length);
            Assert.DoesNotContain(token.Token[19..62], record.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_next_start_makes_none()
    {
        var (first, _) = await New().EnsureTokens();
        var (second, created) = await New().EnsureTokens();

        Assert.False(created);
        Assert.Equal(first, second);
        Assert.Equal(3, Stored.Length);
    }

    [Fact]
    public async Task A_file_whose_hashes_the_store_lacks_is_repaired()
    {
        var (tokens, _) = await New().EnsureTokens();
        var known = store.ToDictionary();
        store.Clear();

        var (again, created) = await New().EnsureTokens();

        Assert.False(created);
        Assert.Equal(tokens, again);
        Assert.Equal(known.Keys.Where(key => key != "token:first-start").Order(), store.Keys.Order());
    }

    [Fact]
    public async Task A_store_that_fails_leaves_no_file_with_tokens_that_do_not_work()
    {
        grains.On<ITokenGrain>("Create", (_, _) => throw new TimeoutException());

        await Assert.ThrowsAsync<TimeoutException>(() => New().EnsureTokens());

        Assert.False(File.Exists(PathOf()));
        Assert.False(told.IsReady);
    }

    [Fact]
    public async Task What_a_crash_left_half_written_is_no_obstacle()
    {
        File.WriteAllText(PathOf() + ".new", "client=ocl_");

        await New().EnsureTokens();

        Assert.Equal(3, File.ReadAllLines(PathOf()).Length);
    }

    [Fact]
    public async Task Two_that_start_at_once_on_one_folder_end_with_the_same_tokens_and_one_shows_them()
    {
        // The second one begins and ends while the first one stores its tokens.
        (IReadOnlyList<IssuedToken> Tokens, bool Created)? second = null;
        grains.On<ITokenGrain>("Create", new Func<object, object?[], Task<bool>>(async (key, args) =>
        {
            if (second is null)
            {
                second = ([], false);
                second = await New().EnsureTokens();
            }
            return store.TryAdd((string)key, (TokenRecord)args[0]!);
        }));

        var first = await New().EnsureTokens();

        Assert.True(second!.Value.Created);
        Assert.False(first.Created);
        Assert.Equal(second.Value.Tokens, first.Tokens);
        Assert.Equal(["tokens"], Directory.GetFiles(folder).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("client=ocl_cli_short")]
    [InlineData("root=ocl_cli_short")]
    public async Task A_damaged_file_is_told_in_a_sentence_without_the_secret(string line)
    {
        File.WriteAllText(PathOf(), line + "\n");

        var error = await Assert.ThrowsAsync<InvalidDataException>(() => New().EnsureTokens());

        Assert.Contains("delete the file", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("ocl_cli", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_under_another_role_s_name_is_refused()
    {
        File.WriteAllText(PathOf(), $"admin={TokenText.Create(Roles.Client)}\n");

        await Assert.ThrowsAsync<InvalidDataException>(() => New().EnsureTokens());
    }

    [Fact]
    public async Task Without_a_folder_the_first_of_many_makes_tokens_and_no_other_does()
    {
        var (tokens, created) = await Without().EnsureTokens();
        var (none, again) = await Without().EnsureTokens();

        Assert.True(created);
        Assert.Equal(["client", "worker", "admin"], tokens.Select(token => token.Role));
        Assert.Equal(3, Stored.Length);
        Assert.False(again);
        Assert.Empty(none);
        Assert.Empty(Directory.GetFiles(folder));
    }

    [Fact]
    public async Task Of_two_that_start_at_once_on_an_empty_database_one_shows_tokens()
    {
        (IReadOnlyList<IssuedToken> Tokens, bool Created)? second = null;
        grains.On<ITokenGrain>("Create", new Func<object, object?[], Task<bool>>(async (key, args) =>
        {
            if (second is null)
            {
                second = ([], false);
                second = await Without().EnsureTokens();
            }
            return store.TryAdd((string)key, (TokenRecord)args[0]!);
        }));

        var first = await Without().EnsureTokens();

        Assert.True(second!.Value.Created);
        Assert.False(first.Created);
        Assert.Empty(first.Tokens);
    }

    [Fact]
    public async Task Whoever_lost_the_answer_to_its_claim_still_shows_its_tokens()
    {
        // As a call that is made again sees it: written by the first try, refused to the second.
        grains.On<ITokenGrain>("Create", (key, args) =>
            Task.FromResult(store.TryAdd((string)key, (TokenRecord)args[0]!) && (string)key != "token:first-start"));

        Assert.True((await Without().EnsureTokens()).Created);
    }

    [Fact]
    public async Task Given_tokens_are_stored_and_none_are_made()
    {
        var given = new IssuedToken("admin", TokenText.Create(Roles.Admin));

        var (tokens, created) = await Without(given).EnsureTokens();
        var (none, _) = await Without().EnsureTokens();

        Assert.False(created);
        Assert.Equal([given], tokens);
        Assert.Equal("admin", Assert.Single(Stored).Role);
        Assert.Empty(none);
    }

    [Fact]
    public async Task A_given_token_whose_id_is_known_with_another_secret_is_refused_without_showing_it()
    {
        var given = TokenText.Create(Roles.Client);
        store[$"token:{given[8..18]}"] = new TokenRecord { TokenId = given[8..18], SecretHash = new byte[32], Role = "client" };

        var error = await Assert.ThrowsAsync<InvalidDataException>(() => Without(new IssuedToken("client", given)).EnsureTokens());

        Assert.DoesNotContain(given[19..62], error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_given_token_that_was_revoked_stays_revoked()
    {
        var given = new IssuedToken("client", TokenText.Create(Roles.Client));
        await Without(given).EnsureTokens();
        var key = store.Keys.Single(k => store[k].Role == "client");
        store[key] = store[key] with { Revoked = true };

        await Without(given).EnsureTokens();

        Assert.True(store[key].Revoked);
    }

    [Fact]
    public async Task Tokens_that_were_revoked_or_rotated_or_have_run_out_are_told_from_good_ones()
    {
        var (tokens, _) = await New().EnsureTokens();
        Assert.Empty(await New().FindRefusedTokens(tokens));
        Change("client", known => known with { Revoked = true });
        Change("worker", known => Rotate(known));
        Change("admin", known => known with { ExpiresAt = DateTimeOffset.UnixEpoch });

        var (again, _) = await New().EnsureTokens();

        Assert.Equal(tokens, await New().FindRefusedTokens(again));
        Change("worker", known => known with { PreviousUntil = DateTimeOffset.MaxValue });
        Assert.Equal(["client", "admin"], (await New().FindRefusedTokens(again)).Select(token => token.Role));

        void Change(string role, Func<TokenRecord, TokenRecord> change)
        {
            var key = store.Keys.Single(k => store[k].Role == role);
            store[key] = change(store[key]);
        }

        static TokenRecord Rotate(TokenRecord known) => known with
        {
            PreviousHash = known.SecretHash,
            SecretHash = new byte[32],
            Generation = 1,
            RotatedAt = DateTimeOffset.UnixEpoch,
        };
    }

    [Fact]
    public void A_token_says_its_role_and_never_itself_where_it_is_written_down() =>
        Assert.Equal("token of the role client", new IssuedToken("client", TokenText.Create(Roles.Client)).ToString());

    private TokenBootstrapper Without(params IssuedToken[] given) =>
        new(grains, new FakeTimeProvider(), Options.Create(new GatewayOptions { Tokens = given }), told);

    private string PathOf() => Path.Combine(folder, "tokens");

    private TokenBootstrapper New() =>
        new(grains, new FakeTimeProvider(), Options.Create(new GatewayOptions { DataFolder = folder }), told);
}
