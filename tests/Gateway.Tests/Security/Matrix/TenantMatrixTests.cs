using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.Protocol;
using Xunit.Abstractions;

namespace OpenClaw.Gateway.Tests.Security.Matrix;

/// <summary>
/// Every route with every kind of token, about own, foreign and missing things: what is foreign is answered as what is missing, byte for
/// byte, nothing tells of it, and nothing happens to it.
/// </summary>
public sealed partial class TenantMatrixTests(ITestOutputHelper output) : IAsyncLifetime
{
    private readonly List<string> wrong = [];
    private readonly MetricLabels labels = new();
    private readonly Dictionary<(bool OfOther, string Target), string> invented = [];
    private LiveGateway gateway = null!;
    private HttpClient http = null!;
    private Estate inside = null!, outside = null!, other = null!;
    private IReadOnlyList<Holder> holders = [];
    private int requests, compared;

    public async Task InitializeAsync()
    {
        // Each request comes from an address of its own, so that no answer depends on how many failed before.
        gateway = await LiveGateway.Start(new() { ["OPENCLAW_WEBHOOK_ALLOW"] = "127.0.0.1" }, services =>
            services.Configure<GatewayOptions>(options => options.TrustedProxies = [IPNetwork.Parse("127.0.0.0/8")]));
        http = gateway.With(null);
        var grains = gateway.Services.GetRequiredService<IGrainFactory>();
        var (client, worker) = (TokenText.Create(Roles.Client), TokenText.Create(Roles.Worker));
        foreach (var text in new[] { client, worker }) await Estate.StoreToken(grains, text, "other");
        inside = await Estate.Build(gateway, "inside", "default", gateway.Client, gateway.Worker);
        outside = await Estate.Build(gateway, "outside", "default", gateway.Client, gateway.Worker);
        other = await Estate.Build(gateway, "other", "other", gateway.With(client), gateway.With(worker));
        foreach (var estate in new[] { inside, outside, other }) await estate.KeepToken(grains);
        holders = await Holder.MakeAll(grains, inside, outside, other, LiveGateway.SharedToken);
    }

    public Task DisposeAsync()
    {
        labels.Dispose();
        return gateway.DisposeAsync();
    }

    [Fact]
    public void Every_route_is_walked()
    {
        var walked = Probe.All.Select(probe => $"{probe.Method} {probe.Route}")
            .Concat(Probe.Lists.Select(path => $"GET {path.Split('?')[0]}")).Concat(Probe.AboutNothing);
        var mapped = gateway.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().SelectMany(endpoint =>
            endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Where(method => method != "HEAD")
                .Select(method => $"{method} {endpoint.RoutePattern.RawText}"));

        Assert.Equal([], mapped.Except(walked));
    }

    /// <summary>What is all of a tenant's is nobody's whose token sees a part of it, and is as it was afterwards.</summary>
    [Fact]
    public async Task What_is_the_whole_tenants_is_for_no_narrowed_token()
    {
        foreach (var holder in holders.Where(holder => holder.Name.Contains("narrowed", StringComparison.Ordinal)))
            foreach (var route in Probe.OfTenant)
                Assert.StartsWith("Forbidden", await Send(holder, "POST", route, "{}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_foreign_is_as_if_it_were_not_there()
    {
        // First, because the names that are asked for below become names of one's own.
        foreach (var holder in holders)
        {
            await ReadLists(holder);
            await ReadOwn(holder);
        }
        var before = await DescribeAll();
        // Last what makes a worker of the name that is asked for: it takes tasks of its tenant.
        foreach (var polls in new[] { false, true })
        {
            foreach (var holder in holders)
                foreach (var probe in Probe.All.Where(probe => (probe is { Route: Routes.WorkerPoll, Method: "GET" }) == polls))
                    await Compare(holder, probe);
        }
        var after = await DescribeAll();
        CheckLabels();

        output.WriteLine($"{holders.Count} holders, {Probe.All.Count} probes, {Probe.Lists.Count} lists: {requests} requests, "
            + $"{labels.Values.Count} labels of metrics, {compared} comparisons, {wrong.Count} differences");
        foreach (var one in wrong) output.WriteLine(one);
        Assert.Equal([], wrong);
        Assert.Equal(before, after);
        Assert.InRange(compared, 1_000, int.MaxValue);
    }

    private async Task ReadLists(Holder holder)
    {
        foreach (var path in Probe.Lists)
        {
            var answer = await Send(holder, "GET", path);
            CheckMarks(holder, $"GET {path}", answer);
            if (holder.Reads && path == Routes.Tasks + "?limit=500")
            {
                var missing = holder.Own.SelectMany(estate => estate.Tasks).Where(id => !answer.Contains(id, StringComparison.Ordinal));
                wrong.AddRange(missing.Select(id => $"{holder.Name}: its own {id} is not in the list"));
            }
        }
    }

    private async Task ReadOwn(Holder holder)
    {
        foreach (var estate in holder.Own)
        {
            foreach (var (probe, target) in Probe.All.Where(probe => probe.Method == "GET" && probe.About is "task" or "worker")
                .SelectMany(probe => FindTargets(probe, estate).Select(target => (probe, target))))
            {
                // What is followed goes on for as long as the task.
                var follows = probe.Route == Routes.TaskEvents || probe.Query.Contains("follow", StringComparison.Ordinal);
                if (probe.Method != "GET" || probe.Route == Routes.WorkerPoll || (follows && target != estate.Ended)) continue;
                var answer = await Send(holder, probe.Method, probe.Path(target));
                CheckMarks(holder, $"{probe.Method} {probe.Path(target)}", answer);
                var refused = (holder.Blind && probe.Route == Routes.TaskOutput) || probe.Query == "?attempt=9";
                if (holder.Reads && !refused && !answer.StartsWith("OK", StringComparison.Ordinal))
                    wrong.Add($"{holder.Name}: its own {probe.Path(target)} is {answer}");
            }
        }
    }

    private async Task Compare(Holder holder, Probe probe)
    {
        // Another worker's attempts in one's own tenant are foreign, too.
        var others = probe.About == "attempt" && holder.ActsAs is { } acts ? holder.Own.Where(estate => estate != acts) : [];
        foreach (var estate in holder.Foreign.Concat(others))
        {
            foreach (var target in FindTargets(probe, estate))
            {
                var foreign = await Ask(holder, probe, target);
                var missing = await Ask(holder, probe, InventTarget(holder, probe, target));
                compared++;
                if (foreign == missing) continue;
                var request = $"{holder.Name}: {probe.Method} {probe.Path("TARGET")} {probe.Body} of {estate.Name}";
                wrong.Add($"{request} is\n{foreign}\nand not\n{missing}");
            }
        }
    }

    private static IEnumerable<string> FindTargets(Probe probe, Estate estate) => probe.About switch
    {
        "task" or "attempt" => estate.Tasks,
        "worker" => [estate.WorkerName],
        "token" => [estate.TokenId],
        "person" => [estate.Person],
        "session" => [estate.Session],
        "agent-session" => [estate.AgentSession],
        "webhook" => [estate.Webhook],
        "agent-session-part" => [estate.AgentSession[..8]],
        "key" => [$"{estate.Key}-queued"],
        _ => throw new InvalidOperationException(probe.About),
    };

    /// <summary>
    /// The name of nothing, as long as the name of something, and the same one for the same tenant: what one holder begins under a name the
    /// next one finds, under both.
    /// </summary>
    private string InventTarget(Holder holder, Probe probe, string target)
    {
        var tenant = holder.Name.StartsWith("other's", StringComparison.Ordinal);
        if (probe.About == "agent-session-part")
            return InventTarget(holder, probe with { About = "agent-session" }, FindSession(target))[..target.Length];
        if (invented.TryGetValue((tenant, target), out var known)) return known;
        var random = Guid.NewGuid();
        return invented[(tenant, target)] = probe.About switch
        {
            "task" or "attempt" or "agent-session" or "webhook" => random.ToString("D"),
            "session" => string.Concat("no", target.AsSpan(2, target.LastIndexOf('.') - 1), random.ToString("N"))[..target.Length],
            _ => random.ToString("N").PadRight(target.Length, 'a')[..target.Length],
        };
    }

    private string FindSession(string part) => new[] { inside, outside, other }.Select(estate => estate.AgentSession)
        .Single(session => session.StartsWith(part, StringComparison.Ordinal));

    private async Task<string> Ask(Holder holder, Probe probe, string target)
    {
        var session = (holder.ActsAs ?? inside).Session;
        var body = probe.Body?.Replace("TARGET", target, StringComparison.Ordinal).Replace("SESSION", session, StringComparison.Ordinal);
        var answer = await Send(holder, probe.Method, probe.Path(target), body, probe.Header is { } header ? (header, target) : null);
        // A task that was made tells in its own words what it waits for.
        if (Made().Match(answer) is { Success: true } made)
            answer += Ahead().Replace(await Send(holder, "GET", $"/tasks/{made.Groups[1].Value}"), "");
        // Which task of one's own is next is a matter of turns. That it is not another's its marks say.
        if (probe is { Route: Routes.WorkerPoll, Method: "GET" })
        {
            CheckMarks(holder, probe.Path(target), answer);
            answer = Handed().Replace(answer, "a task");
        }
        return Time().Replace(Id().Replace(answer, "ID").Replace(target, "TARGET", StringComparison.Ordinal), "TIME");
    }

    private async Task<string> Send(
        Holder holder, string method, string path, string? body = null, (string Name, string Value)? header = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (holder.Token is { } token) request.Headers.Authorization = new("Bearer", token);
        var n = ++requests;
        request.Headers.Add("X-Forwarded-For", string.Create(CultureInfo.InvariantCulture, $"10.{n >> 16}.{(n >> 8) & 255}.{n & 255}"));
        if (header is { } one) request.Headers.Add(one.Name, one.Value);
        if (body is not null) request.Content = GatewayHost.Json(body);
        using var answer = await http.SendAsync(request);
        var headers = answer.Headers.Concat(answer.Content.Headers).Where(pair => pair.Key != "Date")
            .Select(pair => $"{pair.Key}: {string.Join(',', pair.Value)}").Order(StringComparer.Ordinal);
        return $"{answer.StatusCode}\n{string.Join('\n', headers)}\n\n{await answer.Content.ReadAsStringAsync()}";
    }

    /// <summary>Metrics are the whole server's: they name nobody's task, worker, conversation or person, and no text of theirs.</summary>
    private void CheckLabels()
    {
        labels.ReadGauges();
        foreach (var mark in new[] { inside, outside, other }.SelectMany(estate => estate.Marks.Concat(estate.Payloads)))
            wrong.AddRange(labels.Values.Where(label => label.Key.Contains(mark, StringComparison.Ordinal))
                .Select(label => $"the metric {label.Value} tells {mark}"));
        if (labels.Values.Count < 10) wrong.Add("metrics have no labels: nothing was listened to");
    }

    private void CheckMarks(Holder holder, string request, string answer)
    {
        var hidden = new[] { inside, outside, other }.Except(holder.Own).SelectMany(estate => estate.Marks.Concat(estate.Payloads));
        if (holder.Blind) hidden = hidden.Concat(holder.Own.SelectMany(estate => estate.Payloads));
        foreach (var mark in hidden.Where(mark => answer.Contains(mark, StringComparison.Ordinal)))
            wrong.Add($"{holder.Name}: {request} tells {mark}:\n{answer}");
    }

    /// <summary>What became of everything, as its owners see it.</summary>
    private async Task<string> DescribeAll()
    {
        var text = new System.Text.StringBuilder();
        foreach (var (owner, estates) in new[] { (holders[1], new[] { inside, outside }), (holders[5], [other]) })
        {
            foreach (var estate in estates)
            {
                foreach (var id in estate.Tasks)
                {
                    var task = await Send(owner, "GET", $"/tasks/{id}?output=false");
                    var cancelled = task.Contains("\"cancelRequested\":true", StringComparison.Ordinal);
                    text.AppendLine($"{id} {State().Match(task).Value} {cancelled}");
                }
                string[] others =
                    [$"/workers/{estate.WorkerName}", $"/admin/tokens/{estate.TokenId}", $"/admin/people/{estate.Person}"];
                foreach (var path in others)
                    text.AppendLine($"{path} {FindStatus(await Send(owner, "GET", path))}");
            }
        }
        return text.ToString();
    }

    /// <summary>Online or offline is one: no worker of this walk says that it lives, and its lease may end before the walk.</summary>
    private static string FindStatus(string answer) =>
        Status().Match(answer).Value.Replace("offline", "online", StringComparison.Ordinal);

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Id();

    /// <summary>How many were there before it is one more for whichever is asked for second.</summary>
    [GeneratedRegex("(; )?[0-9]+ tasks? goe?s? before it|Content-Length: [0-9]+")]
    private static partial Regex Ahead();

    [GeneratedRegex("Content-Length: [0-9]+(?=.*{\"id\":)|{\"id\":.*}$", RegexOptions.Singleline)]
    private static partial Regex Handed();

    [GeneratedRegex("^OK.*{\"taskId\":\"([^\"]+)\"", RegexOptions.Singleline)]
    private static partial Regex Made();

    /// <summary>Milliseconds since 1970.</summary>
    [GeneratedRegex("\\b1[0-9]{12}\\b")]
    private static partial Regex Time();

    [GeneratedRegex("\"state\":\"[a-z_]+\"")]
    private static partial Regex State();

    [GeneratedRegex("\"status\":\"[a-z_]+\"")]
    private static partial Regex Status();
}
