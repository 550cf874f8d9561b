using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.GrainInterfaces.Security;

namespace OpenClaw.Gateway.Tests.Security;

public sealed class FirstStartTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("openclaw-first-start").FullName;
    private readonly Dictionary<string, TokenRecord> store = [];
    private readonly FakeGrains grains = new();

    public FirstStartTests() => grains.On<ITokenGrain>("Create", (key, args) =>
        Task.FromResult(store.TryAdd((string)key, (TokenRecord)args[0]!)));

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task The_first_start_makes_a_token_of_each_role_in_a_file_for_the_owner_alone()
    {
        var (tokens, created) = await New().EnsureTokens(default);

        Assert.True(created);
        Assert.Equal(["client", "worker", "admin"], tokens.Select(token => token.Role));
        Assert.Equal(tokens.Select(token => $"{token.Role}={token.Token}"), File.ReadAllLines(PathOf()));
        Assert.Equal(3, store.Count);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(PathOf()));
    }

    [Fact]
    public async Task The_store_never_sees_a_secret()
    {
        var (tokens, _) = await New().EnsureTokens(default);

        foreach (var (token, record) in tokens.Zip(store.Values))
        {
            Assert.Equal(32, record.SecretHash.Length);
            Assert.DoesNotContain(token.Token[19..62], record.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_next_start_makes_none()
    {
        var (first, _) = await New().EnsureTokens(default);
        var (second, created) = await New().EnsureTokens(default);

        Assert.False(created);
        Assert.Equal(first, second);
        Assert.Equal(3, store.Count);
    }

    [Fact]
    public async Task A_file_whose_hashes_the_store_lacks_is_repaired()
    {
        var (tokens, _) = await New().EnsureTokens(default);
        var known = store.ToDictionary();
        store.Clear();

        var (again, created) = await New().EnsureTokens(default);

        Assert.False(created);
        Assert.Equal(tokens, again);
        Assert.Equal(known.Keys.Order(), store.Keys.Order());
    }

    [Fact]
    public async Task A_store_that_fails_leaves_no_file_with_tokens_that_do_not_work()
    {
        grains.On<ITokenGrain>("Create", (_, _) => throw new TimeoutException());

        await Assert.ThrowsAsync<TimeoutException>(() => New().EnsureTokens(default));

        Assert.False(File.Exists(PathOf()));
    }

    [Fact]
    public async Task What_a_crash_left_half_written_is_no_obstacle()
    {
        File.WriteAllText(PathOf() + ".new", "client=ocl_");

        await New().EnsureTokens(default);

        Assert.Equal(3, File.ReadAllLines(PathOf()).Length);
        Assert.False(File.Exists(PathOf() + ".new"));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("client=ocl_cli_short")]
    [InlineData("root=ocl_cli_short")]
    public async Task A_damaged_file_is_told_in_a_sentence_without_the_secret(string line)
    {
        File.WriteAllText(PathOf(), line + "\n");

        var error = await Assert.ThrowsAsync<InvalidDataException>(() => New().EnsureTokens(default));

        Assert.Contains("delete the file", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("ocl_cli", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_under_another_role_s_name_is_refused()
    {
        File.WriteAllText(PathOf(), $"admin={TokenText.Create(Roles.Client)}\n");

        await Assert.ThrowsAsync<InvalidDataException>(() => New().EnsureTokens(default));
    }

    private string PathOf() => Path.Combine(folder, "tokens");

    private FirstStart New() => new(grains, new FakeTimeProvider(), Options.Create(new GatewayOptions { DataFolder = folder }));
}
