using System.Net;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.Protocol.Security;
using OpenClaw.Protocol.Tasks;

namespace OpenClaw.Gateway.Tests.Security.Administration;

/// <summary>Tokens over HTTP, from the first to the last of their days.</summary>
public sealed class TokenRouteTests(LiveGateway gateway) : IClassFixture<LiveGateway>
{
    private readonly TokensClient admin = new(gateway.Admin);

    [Fact]
    public async Task A_token_is_made_used_seen_and_revoked()
    {
        var made = await Make(new MakeToken { Role = "client", Name = "the build", Scopes = ["tasks:read", "tasks:submit"] });
        var http = gateway.With(made.Secret);
        Assert.Equal(HttpStatusCode.OK, (await http.Get("/tasks")).Status);
        var (status, problem) = await http.Get("/workers");
        Assert.Equal((HttpStatusCode.Forbidden, "workers:read"), (status, problem.Text("scope")));

        var seen = (await admin.GetToken(made.Token.Id)).Value!;
        Assert.Equal(("client", "the build", "active", 0), (seen.Role, seen.Name, seen.Status, seen.Version));
        Assert.Equal(["tasks:submit", "tasks:read"], seen.Scopes);
        Assert.Equal(gateway.Tokens["admin"][8..18], seen.CreatedBy);
        Assert.Contains(await ListAll(), token => token.Id == seen.Id);

        var revoked = await admin.RevokeToken(seen.Id);
        Assert.Equal(("revoked", seen.CreatedBy, 1), (revoked.Value?.Status, revoked.Value?.RevokedBy, revoked.Value?.Version));
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.Get("/tasks")).Status);
        Assert.Equal(1, (await admin.RevokeToken(seen.Id)).Value!.Version);
        Assert.Equal("urn:openclaw:token-ended", (await admin.RotateToken(seen.Id, new RotateToken())).Problem?.Type);
    }

    [Fact]
    public async Task The_secret_is_shown_once_and_kept_nowhere()
    {
        using var answer = await gateway.Admin.PostAsync("/admin/tokens", GatewayHost.Json("""{"role":"client"}"""));
        Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
        var made = System.Text.Json.JsonElement.Parse(await answer.Content.ReadAsStringAsync());
        var (text, id) = (made.Text("secret")!, made.GetProperty("token").Text("id")!);

        var shown = await gateway.Admin.GetStringAsync($"/admin/tokens/{id}")
            + await gateway.Admin.GetStringAsync("/admin/tokens?limit=500");
        Assert.DoesNotContain(text[19..62], shown, StringComparison.Ordinal);
        Assert.DoesNotContain("hash", shown, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task The_tokens_of_the_first_start_are_in_the_list_and_pages_have_each_one_once()
    {
        for (var i = 0; i < 5; i++) await Make(new MakeToken { Role = "client" });
        var first = gateway.Tokens.Values.Select(Id).ToHashSet();
        await Eventually.Holds(async () => first.IsSubsetOf((await ListAll()).Select(token => token.Id)));

        var (ids, cursor) = (new List<string>(), (string?)null);
        do
        {
            var page = (await admin.ListTokens(cursor, 2)).Value!;
            Assert.InRange(page.Tokens.Length, 1, 2);
            ids.AddRange(page.Tokens.Select(token => token.Id));
            cursor = page.NextCursor;
        }
        while (cursor is not null);
        Assert.Equal(ids.Distinct().Order(StringComparer.Ordinal), ids);
        Assert.Superset(first, ids.ToHashSet());
    }

    [Fact]
    public async Task A_new_secret_takes_the_place_of_the_old_one_at_once_or_after_the_overlap()
    {
        var made = await Make(new MakeToken { Role = "client", Scopes = ["tasks:read"] });
        var first = gateway.With(made.Secret);
        var second = (await admin.RotateToken(made.Token.Id, new RotateToken { Overlap = 3_600_000 })).Value!;
        Assert.NotEqual(made.Secret, second.Secret);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK),
            ((await first.Get("/tasks")).Status, (await gateway.With(second.Secret).Get("/tasks")).Status));
        Assert.Equal(["tasks:read"], second.Token.Scopes);
        Assert.NotNull(second.Token.OldSecretUntil);

        var third = (await admin.RotateToken(made.Token.Id, new RotateToken())).Value!;
        Assert.Equal(HttpStatusCode.Unauthorized, (await first.Get("/tasks")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await gateway.With(second.Secret).Get("/tasks")).Status);
        Assert.Equal(HttpStatusCode.OK, (await gateway.With(third.Secret).Get("/tasks")).Status);
    }

    [Fact]
    public async Task What_a_token_may_do_is_changed_in_place()
    {
        var made = await Make(new MakeToken { Role = "client" });
        var http = gateway.With(made.Secret);
        Assert.Equal(HttpStatusCode.OK, (await http.Post("/tasks", """{"kind":"some-kind"}""")).Status);

        var narrow = new ChangeToken { Scopes = ["tasks:submit"], Narrowing = new() { Kinds = ["command"] } };
        Assert.Equal(["command"], (await admin.ChangeToken(made.Token.Id, narrow)).Value!.Narrowing?.Kinds ?? []);
        Assert.Equal(HttpStatusCode.Forbidden, (await http.Post("/tasks", """{"kind":"some-kind"}""")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await http.Get("/tasks")).Status);
        Assert.Equal(HttpStatusCode.OK, (await http.Post("/tasks", """{"command":"true"}""")).Status);
    }

    [Fact]
    public async Task Who_ends_before_a_token_may_take_from_it_and_not_give_to_it()
    {
        var brief = await Make(new MakeToken { Role = "admin", ExpiresIn = 3_600_000 });
        var lasting = await Make(new MakeToken { Role = "client", Scopes = ["tasks:read", "workers:read"] });
        var by = new TokensClient(gateway.With(brief.Secret));
        var wider = await by.ChangeToken(lasting.Token.Id, new ChangeToken { Scopes = ["tasks:read", "tasks:submit"] });
        Assert.Equal("id", Assert.Single(wider.Problem!.Errors!).Field);
        Assert.True((await by.ChangeToken(lasting.Token.Id, new ChangeToken { Scopes = ["tasks:read"] })).IsOk);
    }

    [Theory]
    [InlineData("""{"role":"client","narrowing":{}}""", "narrowing")]
    [InlineData("""{"role":"client","scopes":["tasks:read","notify","tasks:read"]}""", "scopes[2]")]
    public async Task A_rule_that_says_nothing_or_twice_the_same_is_an_error(string body, string field)
    {
        var (status, problem) = await gateway.Admin.Post("/admin/tokens", body);
        Assert.Equal((HttpStatusCode.BadRequest, field), (status, problem.GetProperty("errors")[0].Text("field")));
    }

    /// <summary>Else it could try out which text an unseen task was asked for with.</summary>
    [Fact]
    public async Task Who_sees_no_payload_has_idempotency_keys_of_its_own()
    {
        var blind = gateway.With((await Make(new MakeToken { Role = "client", Scopes = ["tasks:submit", "tasks:read"] })).Secret);
        var key = Guid.NewGuid().ToString("N");
        var ids = new List<string?>();
        foreach (var http in new[] { gateway.Client, blind, blind })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/tasks")
            {
                Content = GatewayHost.Json("""{"kind":"some-kind"}"""), Headers = { { "Idempotency-Key", key } },
            };
            using var answer = await http.SendAsync(request);
            ids.Add(System.Text.Json.JsonElement.Parse(await answer.Content.ReadAsStringAsync()).Text("taskId"));
        }
        Assert.NotEqual(ids[0], ids[1]);
        Assert.Equal(ids[1], ids[2]);
    }

    [Fact]
    public async Task A_submit_beyond_the_narrowing_names_every_field_and_makes_nothing()
    {
        var made = await Make(new MakeToken
        {
            Role = "client",
            Narrowing = new() { Workers = ["alpha", "beta"], Labels = ["lab"], Kinds = ["command", "file-read"], MaxTimeout = 1_000 },
        });
        var http = gateway.With(made.Secret);
        var (status, problem) = await http.Post("/tasks", """{"kind":"some-kind","worker":"gamma","timeout":2000}""");

        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Equal(["worker", "labels", "kind", "timeout"], problem.GetProperty("errors").EnumerateArray().Select(e => e.Text("field")));
        Assert.Contains("alpha, beta", problem.Text("detail"), StringComparison.Ordinal);
        Assert.Empty((await new TasksClient(http).ListTasks(new TaskFilter())).Value!.Tasks);
        var id = await http.Submit("""{"command":"true","worker":"beta","labels":["lab"],"timeout":1000}""");
        Assert.Equal(id, Assert.Single((await new TasksClient(http).ListTasks(new TaskFilter())).Value!.Tasks).TaskId);
        var late = await http.Post("/files/read", """{"path":"/a","worker":"alpha","labels":["lab"]}""");
        Assert.Equal(HttpStatusCode.Forbidden, late.Status);
    }

    [Fact]
    public async Task Turns_of_agents_want_a_scope_of_their_own_whichever_way_they_come()
    {
        var http = gateway.With((await Make(new MakeToken { Role = "client", Scopes = ["tasks:submit"] })).Secret);
        string[] bodies = ["/claude", """{"prompt":"hello"}""", "/tasks",
            """{"kind":"claude-cli","payload":{"prompt":"hello","sessionId":"0198c0de-0000-7000-8000-000000000001"}}"""];
        foreach (var pair in bodies.Chunk(2))
        {
            var (status, problem) = await http.Post(pair[0], pair[1]);
            Assert.Equal((HttpStatusCode.Forbidden, "agents:run"), (status, problem.Text("scope")));
        }
    }

    /// <summary>
    /// The answer goes to a channel that whoever asked for the turn can read: past what the token may see, by the server's bot.
    /// </summary>
    [Theory]
    [InlineData("notify", "tasks:submit", "agents:run", "tasks:read", "tasks:payload")]
    [InlineData("tasks:payload", "tasks:submit", "agents:run", "tasks:read", "notify")]
    [InlineData(null, "tasks:submit", "agents:run", "notify", "tasks:payload")]
    public async Task A_turn_whose_answer_is_posted_wants_what_that_gives_away(string? missing, params string[] scopes)
    {
        var http = gateway.With((await Make(new MakeToken { Role = "client", Scopes = scopes })).Secret);
        const string Turn = """{"prompt":"hello","callbackChannel":"42","sessionId":"0198c0de-0000-7000-8000-000000000001"}""";
        string[] bodies = ["/claude", """{"prompt":"hello","callbackChannel":"42","callbackBotToken":"own"}""", "/tasks",
            $$"""{"kind":"codex-cli","payload":{{Turn}}}"""];
        foreach (var pair in bodies.Chunk(2))
        {
            var (status, answer) = await http.Post(pair[0], pair[1]);
            Assert.Equal(missing is null ? HttpStatusCode.OK : HttpStatusCode.Forbidden, status);
            if (missing is not null) Assert.Equal(missing, answer.Text("scope"));
        }
    }

    /// <summary>All of the tenant's webhooks are signed with it.</summary>
    [Fact]
    public async Task An_administrator_who_is_narrowed_has_not_the_tenants_webhook_secret()
    {
        var made = await Make(new MakeToken { Role = "admin", Narrowing = new() { Workers = ["alpha"] } });
        var (status, problem) = await gateway.With(made.Secret).Post("/admin/webhook-secret", "{}");
        Assert.Equal((HttpStatusCode.Forbidden, "tokens:admin"), (status, problem.Text("scope")));
    }

    [Fact]
    public async Task Requests_over_the_rate_are_told_when_to_come_again()
    {
        var http = gateway.With((await Make(new MakeToken { Role = "client", RequestsPerMinute = 2 })).Secret);
        await http.Get("/tasks");
        await http.Get("/tasks");
        using var answer = await http.GetAsync("/tasks");

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 30);
    }

    [Fact]
    public async Task A_token_has_no_more_tasks_queued_than_it_may_and_its_repeats_are_answered()
    {
        var made = await Make(new MakeToken { Role = "client", MaxQueued = 2 });
        Assert.Equal(2, made.Token.MaxQueued);
        var http = gateway.With(made.Secret);
        var task = $$"""{"command":"id","worker":"{{SessionWorker.NewName()}}"}""";
        var first = await http.Post("/tasks", task, ("Idempotency-Key", made.Token.Id));
        var second = await http.Post("/tasks", task);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first.Status, second.Status));

        var (status, problem) = await http.Post("/tasks", task, ("Idempotency-Key", made.Token.Id + "-new"));
        var repeat = await http.Post("/tasks", task, ("Idempotency-Key", made.Token.Id));

        Assert.Equal((HttpStatusCode.TooManyRequests, "urn:openclaw:too-many-requests"), (status, problem.Text("type")));
        Assert.Equal("maxQueued", problem.GetProperty("errors")[0].Text("field"));
        Assert.Equal((HttpStatusCode.OK, first.Body.Text("taskId")), (repeat.Status, repeat.Body.Text("taskId")));
        Assert.Equal(HttpStatusCode.OK, (await gateway.Client.Post("/tasks", task)).Status);
        await http.Post($"/tasks/{second.Body.Text("taskId")}/cancel", "{}");
        await Eventually.Holds(async () => (await http.Post("/tasks", task)).Status == HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("""{"role":"boss"}""", "role")]
    [InlineData("""{"role":"client","scopes":[]}""", "scopes")]
    [InlineData("""{"role":"client","scopes":["tasks:read","tokens:admin"]}""", "scopes[1]")]
    [InlineData("""{"role":"client","scopes":[null]}""", "scopes[0]")]
    [InlineData("""{"role":"worker","narrowing":{"workers":["a"]}}""", "narrowing")]
    [InlineData("""{"role":"client","narrowing":{"workers":["a","B"],"labels":["kind:x"],"kinds":[]}}""",
        "narrowing.workers[1]", "narrowing.labels[0]", "narrowing.kinds")]
    [InlineData("""{"role":"client","narrowing":{"maxTimeout":0},"expiresIn":0,"requestsPerMinute":0,"name":""}""",
        "name", "expiresIn", "requestsPerMinute", "narrowing.maxTimeout")]
    [InlineData("""{"role":"client","tenant":"other"}""", "tenant")]
    [InlineData("""{"scopes":["tasks:read"]}""", "role")]
    [InlineData("""{"role":"client","narrowing":{"worker":["a"]}}""", "narrowing.worker")]
    public async Task Wrong_fields_are_all_named_and_nothing_is_made(string json, params string[] fields)
    {
        var before = (await ListAll()).Count;
        var (status, problem) = await gateway.Admin.Post("/admin/tokens", json);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(fields, problem.GetProperty("errors").EnumerateArray().Select(error => error.Text("field")));
        Assert.Equal(before, (await ListAll()).Count);
    }

    [Fact]
    public async Task Nobody_gives_what_he_has_not_nor_takes_it_with_a_new_secret()
    {
        var made = await Make(new MakeToken
        {
            Role = "admin", Scopes = ["tokens:admin", "tasks:read"], ExpiresIn = 3_600_000, RequestsPerMinute = 1_000,
        });
        var small = new TokensClient(gateway.With(made.Secret));
        var more = await small.MakeToken(new MakeToken { Role = "client", Scopes = ["tasks:read", "tasks:submit"] });
        Assert.Equal(["scopes", "requestsPerMinute", "expiresIn"], more.Problem!.Errors!.Select(error => error.Field));
        var worker = await small.MakeToken(new MakeToken { Role = "worker", ExpiresIn = 1_000, RequestsPerMinute = 1 });
        Assert.Equal("role", Assert.Single(worker.Problem!.Errors!).Field);
        Assert.Equal(403, (await small.RotateToken(Id(gateway.Tokens["client"]), new RotateToken())).Problem?.Status);
        Assert.Equal(403, (await small.ChangeToken(made.Token.Id, new ChangeToken { Scopes = ["tasks:submit"] })).Problem?.Status);

        var given = await small.MakeToken(
            new MakeToken { Role = "client", Scopes = ["tasks:read"], ExpiresIn = 1_000_000, RequestsPerMinute = 10 });
        Assert.True(given.IsOk, given.Why);
    }

    [Fact]
    public async Task A_narrowed_administrator_sees_and_makes_what_lies_within()
    {
        var narrow = new TokensClient(gateway.With(
            (await Make(new MakeToken { Role = "admin", Narrowing = new() { Workers = ["alpha"] } })).Secret));
        var outside = await Make(new MakeToken { Role = "client", Narrowing = new() { Workers = ["beta"] } });
        Assert.Equal("narrowing", Assert.Single((await narrow.MakeToken(new MakeToken { Role = "client" })).Problem!.Errors!).Field);
        var inside = await narrow.MakeToken(
            new MakeToken { Role = "client", Narrowing = new() { Workers = ["alpha"], Kinds = ["command"] } });
        Assert.True(inside.IsOk, inside.Why);

        var listed = (await narrow.ListTokens(limit: 500)).Value!.Tokens;
        Assert.Contains(listed, token => token.Id == inside.Value!.Token.Id);
        Assert.All(listed, token => Assert.Equal(["alpha"], token.Narrowing!.Workers!));
        Assert.Equal(404, (await narrow.RevokeToken(outside.Token.Id)).Problem?.Status);
    }

    [Fact]
    public async Task A_token_ends_when_its_time_is_over()
    {
        var made = await Make(new MakeToken { Role = "client", ExpiresIn = 1_000 });
        var http = gateway.With(made.Secret);
        await Eventually.Holds(async () => (await http.Get("/tasks")).Status != HttpStatusCode.OK);
        Assert.Equal("expired", (await admin.GetToken(made.Token.Id)).Value!.Status);
    }

    private static string Id(string token) => token[8..18];

    private async Task<IssuedTokenView> Make(MakeToken order)
    {
        var made = await admin.MakeToken(order);
        Assert.True(made.IsOk, made.Why);
        return made.Value!;
    }

    private async Task<List<TokenView>> ListAll() => [.. (await admin.ListTokens(limit: 500)).Value!.Tokens];
}
