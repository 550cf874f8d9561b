using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Security.Access;
using OpenClaw.GrainInterfaces.Security;

namespace OpenClaw.Gateway.Tests.Security.Access;

public sealed class TokenGrantsTests
{
    private static readonly Scopes[] All = [.. Enum.GetValues<Scopes>().Where(scope => scope is not (Scopes.None or Scopes.Work))];

    [Fact]
    public void A_scope_is_given_by_who_has_it_and_by_nobody_else()
    {
        foreach (var has in All)
        {
            foreach (var gives in All)
            {
                var errors = TokenGrants.FindErrors(new(has, null, null), new(gives, null, null));
                Assert.Equal(has == gives ? [] : ["scopes"], errors.Select(error => error.Field));
            }
        }
    }

    [Fact]
    public void Whom_workers_trust_is_given_by_who_may_let_them_in_and_sees_them_all()
    {
        var work = TokenRights.ForRoles(Roles.Worker);
        var narrowed = Narrowing.FromRules(new TokenRules { Workers = ["a"] });

        Assert.Empty(TokenGrants.FindErrors(new(Scopes.EnrolWorkers | Scopes.ReadPayloads, null, null), work));
        Assert.Equal("role", Assert.Single(TokenGrants.FindErrors(new(Scopes.EnrolWorkers, null, null), work)).Field);
        Assert.Equal("role", Assert.Single(TokenGrants.FindErrors(new(Scopes.AdministerTokens, null, null), work)).Field);
        Assert.Equal("role", Assert.Single(
            TokenGrants.FindErrors(new(Scopes.EnrolWorkers | Scopes.ReadPayloads, narrowed, null), work)).Field);
    }

    [Theory]
    [InlineData(null, null, true), InlineData(null, 5, true), InlineData(5, 5, true), InlineData(5, 4, true), InlineData(5, 6, false)]
    [InlineData(5, null, false)]
    public void A_rate_is_not_exceeded(int? has, int? gives, bool may) => Assert.Equal(may,
        TokenGrants.FindErrors(new TokenRights(Scopes.ReadTasks, null, has), new TokenRights(Scopes.ReadTasks, null, gives)).Length == 0);

    [Theory]
    [InlineData(null, null, true), InlineData(null, 5, true), InlineData(5, 5, true), InlineData(5, 4, true), InlineData(5, 6, false)]
    [InlineData(5, null, false)]
    public void Nor_the_tasks_that_may_wait_or_run_but_for_a_token_that_submits_none(int? has, int? gives, bool may)
    {
        TokenRights Queued(int? most, Scopes scopes = Scopes.SubmitTasks) => new(scopes, null, null, MaxQueued: most);
        TokenRights Running(int? most, Scopes scopes = Scopes.SubmitTasks) => new(scopes, null, null, MaxRunning: most);
        string[] Fields(TokenRights giver, TokenRights given) => [.. TokenGrants.FindErrors(giver, given).Select(error => error.Field)];
        const Scopes Reading = Scopes.ReadTasks;

        Assert.Equal(may ? [] : ["maxQueued"], Fields(Queued(has), Queued(gives)));
        Assert.Equal(may ? [] : ["maxRunning"], Fields(Running(has), Running(gives)));
        Assert.Empty(Fields(Running(has, Reading), Running(gives, Reading)));
    }

    [Theory]
    [InlineData(null, null, true), InlineData(null, 5, true), InlineData(5, 5, true), InlineData(5, 6, false), InlineData(5, null, false)]
    public void Nor_an_end(int? has, int? gives, bool may)
    {
        DateTimeOffset? At(int? hour) => hour is { } given ? DateTimeOffset.UnixEpoch.AddHours(given) : null;
        Assert.Equal(may, TokenGrants.FindEndErrors(At(has), At(gives)).Length == 0);
    }

    [Fact]
    public void Roles_have_what_they_had_before_there_were_scopes()
    {
        string[] client = ["tasks:submit", "tasks:read", "tasks:cancel", "tasks:payload", "agents:run", "schedules:write", "workers:read",
            "notify"];
        string[] admin = [.. client, "tasks:approve", "workers:drain", "workers:enrol", "audit:read", "tokens:admin", "dashboard",
            "tenants:admin"];

        Assert.Equal(client.Order(), ScopeTable.FormatNames(ScopeTable.GetAllowed(Roles.Client)).Order());
        Assert.Equal(admin.Order(), ScopeTable.FormatNames(ScopeTable.GetAllowed(Roles.Admin)).Order());
        Assert.Equal(["worker"], ScopeTable.FormatNames(ScopeTable.GetAllowed(Roles.Worker)));
        Assert.Equal(client.Append("worker").Order(), ScopeTable.FormatNames(ScopeTable.GetAllowed(Roles.Client | Roles.Worker)).Order());
    }

    [Fact]
    public void Every_scope_has_a_name_and_a_name_that_is_not_known_gives_nothing()
    {
        foreach (var scope in All.Append(Scopes.Work)) Assert.Equal(scope, ScopeTable.FindScope(ScopeTable.GetFirstName(scope)));
        Assert.Equal(Scopes.ReadTasks, ScopeTable.FromNames(["tasks:read", "tasks:invent", ""]));
        Assert.Equal(Scopes.None, TokenRights.FromRules(Roles.Client, new TokenRules { Scopes = ["tokens:admin", "worker"] }).Scopes);
    }
}
