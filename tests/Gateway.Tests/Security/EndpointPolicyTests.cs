using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Security.Access;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.Hosting.Health;
using OpenClaw.Protocol;

namespace OpenClaw.Gateway.Tests.Security;

/// <summary>Who gets in where: every endpoint there is, with every role there is.</summary>
[Collection(nameof(GatewayHost))]
public sealed class EndpointPolicyTests(GatewayHost host)
{
    private static readonly HashSet<string> Workers =
    [
        Routes.Sessions, Routes.CloseSession, Routes.WorkerPoll, Routes.Start, Routes.Heartbeat, Routes.WorkerFacts, Routes.AttemptOutput,
            Routes.Approval,
        Routes.AttemptResult, Routes.AttemptPayload, Routes.WorkerResult,
    ];

    private static readonly HashSet<string> Admins =
    [
        Routes.Drain, Routes.Resume, Routes.TaskApproval, Routes.Tokens, Routes.Token, Routes.RevokeToken, Routes.RotateToken,
        Routes.WebhookSecret, Routes.AuditChains, Routes.AuditChain, Routes.AuditNotes,
        Routes.Invites, Routes.RevokeInvite, Routes.RevokeWorker,
        Routes.People, Routes.Person, Routes.DisablePerson, Routes.EnablePerson, Routes.RemovePerson,
        Routes.Tenants, Routes.DisableTenant, Routes.EnableTenant,
    ];

    /// <summary>For a join token, or for a signature of a worker's key.</summary>
    private static readonly HashSet<string> Nobodys = [Routes.Enrol, Routes.GrantKinds];

    private RouteEndpoint[] Endpoints =>
    [
        .. host.Services.GetRequiredService<IEnumerable<EndpointDataSource>>()
            .SelectMany(source => source.Endpoints).Cast<RouteEndpoint>(),
    ];

    [Fact]
    public void Every_endpoint_has_one_policy_and_few_are_open()
    {
        Assert.NotEmpty(Endpoints);
        foreach (var endpoint in Endpoints) Assert.Single(endpoint.Metadata.OfType<AccessPolicy>());
        var open = Endpoints.Where(endpoint => PolicyOf(endpoint).IsOpen).Select(endpoint => endpoint.RoutePattern.RawText);
        Assert.Equal(
            [
                Routes.Authority, Routes.Health, HealthEndpoints.Liveness, Routes.JoinFiles, Routes.JoinFile, HealthEndpoints.Readiness,
                Routes.Challenge,
            ],
            open.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_route_of_the_protocol_is_mapped()
    {
        var routes = typeof(Routes).GetFields().Select(field => (string)field.GetRawConstantValue()!).ToList();
        Assert.NotEmpty(routes);
        Assert.Empty(routes.Except(Endpoints.Select(endpoint => endpoint.RoutePattern.RawText)));
    }

    [Fact]
    public void Every_route_wants_the_scopes_of_the_table()
    {
        var mapped = Endpoints.SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
            .Where(method => method != "HEAD")
            .Select(method => $"{method} {endpoint.RoutePattern.RawText}: {Describe(PolicyOf(endpoint))}"));

        Assert.Equal(RouteScopes.Table.Order(StringComparer.Ordinal), mapped.Order(StringComparer.Ordinal));
    }

    private static string Describe(AccessPolicy policy) => policy.IsOpen ? "anyone"
        : policy.Needs == Scopes.None ? "any token" : string.Join(" ", ScopeTable.FormatNames(policy.Needs));

    [Fact]
    public void An_endpoint_that_nobody_decided_about_stops_the_start()
    {
        var app = WebApplication.CreateSlimBuilder().Build();
        app.MapGet("/open", (HttpContext context) => context.Response.CompleteAsync());

        var error = Assert.Throws<InvalidOperationException>(((IEndpointRouteBuilder)app).DataSources.ThrowIfUndecided);

        Assert.Contains("/open", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_endpoint_lets_in_whom_it_should_and_nobody_else()
    {
        var wrong = new List<string>();
        foreach (var endpoint in Endpoints.Where(endpoint => !PolicyOf(endpoint).IsOpen))
        {
            var route = endpoint.RoutePattern.RawText!;
            var any = route is Routes.OpenApi or Routes.Me;
            var nobody = Nobodys.Contains(route);
            (string? Token, bool Enters)[] callers =
            [
                (null, false),
                ("nonsense", false),
                (host.ClientToken, any || !nobody && !Workers.Contains(route) && !Admins.Contains(route)),
                (host.WorkerToken, any || Workers.Contains(route)),
                (host.AdminToken, any || !nobody && !Workers.Contains(route)),
                (GatewayHost.SharedToken, any || !nobody && !Admins.Contains(route)),
            ];
            var methods = endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods;
            foreach (var (method, (token, enters)) in methods.SelectMany(method => callers.Select(caller => (method, caller))))
            {
                var status = await Status(token, method, route);
                var entered = status is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.TooManyRequests);
                if (entered != enters) wrong.Add($"{method} {route} with {token ?? "none"}: {status}");
            }
        }
        Assert.Empty(wrong);
    }

    [Fact]
    public void The_dashboard_shows_payloads_and_so_wants_their_scope()
    {
        Assert.True(AccessPolicy.SeeDashboard.Needs.HasFlag(Scopes.ReadPayloads));
        Assert.True(AccessPolicy.SeeDashboard.IsOfServer);
    }

    [Fact]
    public async Task A_403_names_the_scope()
    {
        using var http = host.Http(host.ClientToken);
        using var answer = await http.PostAsync("/workers/studio/drain", null);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        var problem = JsonElement.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal(("urn:openclaw:forbidden", "workers:drain"), (problem.Text("type"), problem.Text("scope")));
    }

    private async Task<HttpStatusCode> Status(string? token, string method, string route)
    {
        var path = route.Replace("{id}", "0198c0de-0000-7000-8000-000000000001", StringComparison.Ordinal)
            .Replace("{name}", "nobody", StringComparison.Ordinal).Replace("{chain}", "nobody", StringComparison.Ordinal);
        // A wait of nothing, and a body no route takes: whoever enters is answered at once.
        using var request = new HttpRequestMessage(new HttpMethod(method), $"{path}?wait=0");
        if (method == "POST") request.Content = GatewayHost.Json("[]");
        using var http = host.Http(token);
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return answer.StatusCode;
    }

    private static AccessPolicy PolicyOf(Endpoint endpoint) => endpoint.Metadata.GetMetadata<AccessPolicy>()!;
}
