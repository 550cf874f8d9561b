using System.Net;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OpenClaw.Gateway.Hosting;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Security.Access;
using OpenClaw.Gateway.Security.Revocation;
using OpenClaw.Gateway.Security.Uses;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.GrainInterfaces.Security;

namespace OpenClaw.Gateway.Tests.Security;

public sealed class TokenCheckTests
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly FakeGrains grains = new();
    private readonly TokenReadiness known = new();
    private readonly string token = TokenText.Create(Roles.Client);
    private readonly LastUses uses;
    private TokenRecord? stored;

    public TokenCheckTests()
    {
        uses = new LastUses(clock);
        known.MarkReady();
        stored = RecordOf(token);
        grains.On<ITokenGrain>("Get", (key, _) =>
            Task.FromResult(stored is { } record && (string)key == $"token:{record.TokenId}" ? record : null));
    }

    [Fact]
    public async Task A_stored_token_is_its_caller()
    {
        var caller = await Check(token);

        Assert.NotNull(caller);
        Assert.Equal(token[8..18], caller.TokenId);
        Assert.Equal(Roles.Client, caller.Roles);
        Assert.Equal("127.0.0.1", caller.Address);
        Assert.Equal("default", caller.Tenant);
    }

    [Fact]
    public async Task A_typing_error_never_asks_the_store()
    {
        var typo = token[..30] + (token[30] == 'x' ? 'y' : 'x') + token[31..];

        Assert.Null(await Check(typo));
        Assert.Null(await Check("something"));
        Assert.Empty(grains.Calls);
    }

    [Fact]
    public async Task Unknown_revoked_expired_and_wrong_secrets_are_refused_after_the_same_look_up()
    {
        var otherSecret = TokenText.Create(Roles.Client);
        stored = RecordOf(token) with { SecretHash = RecordOf(otherSecret).SecretHash };
        Assert.Null(await New().FindCaller(token, null));
        stored = RecordOf(token) with { Revoked = true };
        Assert.Null(await New().FindCaller(token, null));
        stored = RecordOf(token) with { ExpiresAt = clock.GetUtcNow() };
        Assert.Null(await New().FindCaller(token, null));
        stored = null;
        Assert.Null(await New().FindCaller(token, null));
        Assert.Equal(4, grains.Count("Get"));
    }

    [Fact]
    public async Task A_token_is_good_until_its_expiry_though_the_answer_is_remembered()
    {
        stored = RecordOf(token) with { ExpiresAt = clock.GetUtcNow() + TimeSpan.FromSeconds(2) };
        var check = New();
        Assert.NotNull(await check.FindCaller(token, null));
        clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Null(await check.FindCaller(token, null));
    }

    [Fact]
    public async Task The_kind_in_the_text_gives_no_role_that_the_store_does_not()
    {
        stored = RecordOf(token) with { Role = "worker" };

        Assert.Null(await Check(token));
    }

    [Theory]
    [InlineData("client", true), InlineData("limited-client", false), InlineData("limited-worker", true)]
    [InlineData("limited-client", true)]
    public async Task A_record_whose_role_and_rules_do_not_go_together_is_no_token(string role, bool hasRules)
    {
        stored = RecordOf(token) with { Role = role, Rules = hasRules ? new TokenRules { Kinds = ["command"] } : null };

        Assert.Equal((role, hasRules) == ("limited-client", true), await Check(token) is not null);
    }

    [Fact]
    public async Task The_secret_of_before_is_good_for_the_overlap_and_the_one_before_that_is_not()
    {
        var (id, first) = (token[8..18], RecordOf(token));
        var (second, third) = (TokenText.Create(Roles.Client, id), TokenText.Create(Roles.Client, id));
        stored = RecordOf(third) with
        {
            Generation = 2,
            PreviousHash = RecordOf(second).SecretHash,
            PreviousUntil = clock.GetUtcNow() + TimeSpan.FromHours(1),
        };
        var check = New();
        Assert.Equal((2, 1), ((await check.FindCaller(third, null))!.Generation, (await check.FindCaller(second, null))!.Generation));
        Assert.Null(await check.FindCaller(token, null));
        var before = (await check.FindCaller(second, null))!;
        Assert.True(await check.IsStillValid(before));

        clock.Advance(TimeSpan.FromHours(1));
        Assert.NotNull(await check.FindCaller(third, null));
        Assert.Null(await check.FindCaller(second, null));
        Assert.False(await check.IsStillValid(before));
    }

    [Fact]
    public async Task With_other_rules_who_was_let_in_is_judged_anew()
    {
        var check = New();
        var before = (await check.FindCaller(token, null))!;
        var rules = new TokenRules { Scopes = ["tasks:read"] };
        stored = stored! with { Role = "limited-client", Rules = rules, RulesVersion = 1, Version = 1 };

        Assert.False(await check.IsStillValid(before));
        Assert.Equal("tasks:submit", (await check.FindCaller(token, null))!.FindMissingScope(AccessPolicy.SubmitTasks));
    }

    [Fact]
    public async Task Who_is_let_in_has_used_the_token_and_nobody_else_leaves_a_trace()
    {
        var check = New();
        stored = stored! with { Revoked = true };
        Assert.Null(await check.FindCaller(token, null));
        Assert.Null(await check.FindCaller(TokenText.Create(Roles.Client, token[8..18]), null));
        Assert.Empty(uses.GetDue());

        stored = stored with { Revoked = false };
        var caller = (await New().FindCaller(token, null))!;
        Assert.Equal([(token[8..18], clock.GetUtcNow())], uses.GetDue());
        clock.Advance(TimeSpan.FromMinutes(5));
        Assert.True(await check.IsStillValid(caller));
        Assert.Equal(clock.GetUtcNow(), uses.FindUse(caller.TokenId));
    }

    [Fact]
    public void What_is_remembered_and_what_is_looked_at_again_are_together_less_than_the_five_seconds_that_are_promised() =>
        Assert.True(new GatewayOptions().TokenCache + RevocationWatch.Every < TimeSpan.FromSeconds(5));

    [Fact]
    public async Task Answers_are_remembered_for_a_while_absence_too()
    {
        var check = New();
        var unknown = TokenText.Create(Roles.Worker);
        for (var i = 0; i < 5; i++)
        {
            Assert.NotNull(await check.FindCaller(token, null));
            Assert.Null(await check.FindCaller(unknown, null));
        }
        Assert.Equal(2, grains.Count("Get"));

        clock.Advance(new GatewayOptions().TokenCache);
        stored = stored! with { Revoked = true };
        Assert.Null(await check.FindCaller(token, null));
        Assert.Equal(3, grains.Count("Get"));
    }

    [Fact]
    public async Task Ids_that_are_made_up_leave_room_for_those_of_tokens()
    {
        var check = New();
        for (var i = 0; i <= TokenCache.Capacity; i++) Assert.Null(await check.FindCaller(TokenText.Create(Roles.Worker), null));
        var before = grains.Count("Get");
        for (var i = 0; i < 5; i++) Assert.NotNull(await check.FindCaller(token, null));
        Assert.Equal(1, grains.Count("Get") - before);
    }

    [Fact]
    public async Task The_shared_token_is_client_and_worker_and_no_admin()
    {
        var check = New("a shared secret".Replace(' ', '-'));

        var caller = await check.FindCaller("a-shared-secret", IPAddress.Loopback);

        Assert.Equal(Roles.Client | Roles.Worker, caller?.Roles);
        Assert.Equal("workers:drain", caller!.FindMissingScope(AccessPolicy.DrainWorkers));
        Assert.Null(await check.FindCaller("a-shared-secret2", null));
        Assert.Null(await check.FindCaller("a-shared-secre", null));
        Assert.NotNull(await check.FindCaller(token, null));
    }

    [Fact]
    public async Task Without_a_shared_token_nothing_but_issued_tokens_is_good()
    {
        Assert.Null(await Check(""));
        Assert.Null(await Check("a-shared-secret"));
    }

    [Fact]
    public async Task While_the_first_tokens_are_stored_absence_is_not_remembered()
    {
        var (starting, record) = (new TokenReadiness(), stored);
        var check = New(starting: starting);
        stored = null;
        Assert.Null(await check.FindCaller(token, null));
        stored = record;
        starting.MarkReady();

        Assert.NotNull(await check.FindCaller(token, null));
    }

    private ValueTask<Caller?> Check(string text) => New().FindCaller(text, IPAddress.Loopback);

    private TokenCheck New(string? shared = null, TokenReadiness? starting = null)
    {
        var options = Options.Create(new GatewayOptions { SharedToken = shared });
        var turns = new LookupTurns(new FailureThrottle(clock, options));
        var cache = new TokenCache(grains, new AnyTokenIds(), clock, options, starting ?? known, turns);
        return new(cache, new LongRequests(), uses, clock, options);
    }

    private TokenRecord RecordOf(string text)
    {
        Assert.True(TokenText.TryParse(text, out var id, out var secret, out var role));
        var hash = new byte[32];
        TokenText.HashSecret(secret, hash);
        return new TokenRecord
        {
            TokenId = id.ToString(), SecretHash = hash, Role = TokenText.FormatRole(role), CreatedAt = clock.GetUtcNow(),
        };
    }
}
