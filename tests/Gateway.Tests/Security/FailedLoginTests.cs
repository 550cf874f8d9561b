using System.Net;
using System.Net.Http.Json;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Gateway.Tests.Security;

/// <summary>Failed authentication over HTTP.</summary>
public sealed class FailedLoginTests
{
    private const string Path = "/tasks/0198c0de-0000-7000-8000-000000000001";

    [Fact]
    public async Task Many_failures_are_429_with_a_growing_wait_and_a_good_token_still_enters()
    {
        await using var gateway = await FaultyGateway.Start();
        gateway.Grains.On<ITaskGrain>("Get", (_, _) => Task.FromResult<TaskSnapshot?>(null));
        using (var wrong = gateway.Http("wrong-token"))
        {
            for (var i = 0; i < FailureThrottle.Free; i++)
                Assert.Equal(HttpStatusCode.Unauthorized, (await wrong.GetAsync(Path)).StatusCode);
            var waits = new List<TimeSpan>();
            for (var i = 0; i < 10; i++)
            {
                using var answer = await wrong.GetAsync(Path);
                Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
                waits.Add(answer.Headers.RetryAfter!.Delta!.Value);
            }
            Assert.Equal(waits.Order(), waits);
            Assert.True(waits[^1] > waits[0]);
        }

        using var good = gateway.Http();
        Assert.Equal(HttpStatusCode.NotFound, (await good.GetAsync(Path)).StatusCode);
    }

    [Fact]
    public async Task A_typing_error_is_named_and_unknown_revoked_and_run_out_ones_get_one_answer()
    {
        await using var gateway = await FaultyGateway.Start();
        var (unknown, revoked, over) = (TokenText.Create(Roles.Worker), TokenText.Create(Roles.Worker), TokenText.Create(Roles.Worker));
        TokenRecord[] known = [Record(revoked) with { Revoked = true }, Record(over) with { ExpiresAt = DateTimeOffset.UnixEpoch }];
        gateway.Grains.On<ITokenGrain>("Get", (key, _) =>
            Task.FromResult(known.SingleOrDefault(record => $"{key}".EndsWith(record.TokenId, StringComparison.Ordinal))));

        Assert.Contains("typing error", await Refusal(gateway, unknown[..^1]), StringComparison.Ordinal);
        Assert.Contains("typing error", await Refusal(gateway, unknown[..^1] + (unknown[^1] == '0' ? '1' : '0')), StringComparison.Ordinal);
        var one = await Refusal(gateway, unknown);
        Assert.DoesNotContain("typing error", one, StringComparison.Ordinal);
        Assert.Equal((one, one), (await Refusal(gateway, revoked), await Refusal(gateway, over)));
        Assert.Equal(one, await Refusal(gateway, "any-form"));
    }

    [Fact]
    public async Task A_request_without_a_token_is_told_apart_from_one_with_a_wrong_one()
    {
        await using var gateway = await FaultyGateway.Start();
        using var http = gateway.Http(token: null);
        using var answer = await http.GetAsync(Path);
        var problem = (await answer.Content.ReadFromJsonAsync(ProtocolJson.Default.Problem))!;
        Assert.Equal((401, ProblemTypes.Unauthenticated, "Authorization"),
            (problem.Status, problem.Type, Assert.Single(problem.Errors!).Field));
        Assert.Contains("login=PASSTHRU", problem.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("\"errors\"", await Refusal(gateway, "any-form"), StringComparison.Ordinal);
    }

    private static async Task<string> Refusal(FaultyGateway gateway, string token)
    {
        using var http = gateway.Http(token);
        using var answer = await http.GetAsync(Path);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }

    private static TokenRecord Record(string token)
    {
        var hash = new byte[32];
        TokenText.HashSecret(token.AsSpan(19, 43), hash);
        return new TokenRecord { TokenId = token[8..18], SecretHash = hash, Role = "worker", CreatedAt = DateTimeOffset.UnixEpoch };
    }

    [Fact]
    public async Task Before_the_first_tokens_are_stored_an_unknown_one_is_told_to_come_again()
    {
        await using var gateway = await FaultyGateway.Start(knowsTokens: false);
        gateway.Grains.On<ITokenGrain>("Get", (_, _) => Task.FromResult<TokenRecord?>(null));
        using var unknown = gateway.Http(TokenText.Create(Roles.Client));
        for (var i = 0; i < FailureThrottle.Free + 5; i++)
        {
            using var answer = await unknown.GetAsync(Path);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.NotNull(answer.Headers.RetryAfter);
        }
        gateway.TellTokens();

        using var refused = await unknown.GetAsync(Path);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Fact]
    public async Task A_token_in_the_query_string_is_401_and_on_record_without_the_token()
    {
        await using var gateway = await FaultyGateway.Start();
        using var http = gateway.Http(null);

        using var answer = await http.GetAsync($"{Path}?token={FaultyGateway.Token}");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        var note = Assert.Single(gateway.Audit.Notes);
        Assert.Equal(("token-in-query", "127.0.0.1"), (note.What, note.Address));
        Assert.DoesNotContain(FaultyGateway.Token, note.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_expired_and_revoked_tokens_get_the_same_answer()
    {
        await using var gateway = await FaultyGateway.Start();
        var token = TokenText.Create(Roles.Client);
        Assert.True(TokenText.TryParse(token, out var id, out var secret, out _));
        var record = new TokenRecord { TokenId = id.ToString(), SecretHash = new byte[32], Role = "client" };
        TokenText.HashSecret(secret, record.SecretHash);
        var answers = new HashSet<string>();
        foreach (var stored in new[] { null, record with { Revoked = true }, record with { ExpiresAt = DateTimeOffset.UnixEpoch } })
        {
            await using var one = await FaultyGateway.Start();
            one.Grains.On<ITokenGrain>("Get", (_, _) => Task.FromResult(stored));
            using var http = one.Http(token);
            using var answer = await http.GetAsync(Path);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            answers.Add(await answer.Content.ReadAsStringAsync());
        }
        Assert.Single(answers);
    }
}
