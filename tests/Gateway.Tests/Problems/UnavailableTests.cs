using System.Net;
using System.Text.Json;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;

namespace OpenClaw.Gateway.Tests.Problems;

/// <summary>What a client sees when the store or the cluster fails.</summary>
public sealed class UnavailableTests
{
    private const string Task1 = "0198c0de-0000-7000-8000-000000000001";
    private const string Report = $$"""{"taskId":"{{Task1}}","stdout":"x","exitCode":0}""";

    [Theory]
    [InlineData(typeof(TimeoutException))]
    [InlineData(typeof(IOException))]
    [InlineData(typeof(Orleans.Storage.InconsistentStateException))]
    public async Task A_failing_store_or_cluster_is_503_with_a_time_to_come_back(Type failure)
    {
        await using var gateway = await FaultyGateway.Start();
        gateway.Grains.On<ITaskGrain>("Get", (_, _) => throw (Exception)Activator.CreateInstance(failure)!);
        using var http = gateway.Http();

        using var answer = await http.GetAsync($"/tasks/{Task1}");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task A_full_disk_is_503_with_its_reason_however_deep_the_failure_has_it()
    {
        await using var gateway = await FaultyGateway.Start();
        var full = new IOException("no room", GrainInterfaces.ClusterErrors.DiskFull);
        gateway.Grains.On<ITaskGrain>("Get", (_, _) => throw new OrleansException("a grain's state", full));
        using var http = gateway.Http();

        using var answer = await http.GetAsync($"/tasks/{Task1}");
        var problem = JsonElement.Parse(await answer.Content.ReadAsByteArrayAsync());

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "urn:openclaw:storage-full"),
            (answer.StatusCode, problem.GetProperty("type").GetString()));
        Assert.Contains("disk is full", problem.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.NotNull(answer.Headers.RetryAfter);
    }

    [Fact]
    public async Task A_defect_is_500_and_says_nothing_of_its_inside()
    {
        await using var gateway = await FaultyGateway.Start();
        gateway.Grains.On<ITaskGrain>("Get", (_, _) => throw new InvalidOperationException("the secret inside"));
        using var http = gateway.Http();

        using var answer = await http.GetAsync($"/tasks/{Task1}");
        var body = await answer.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.DoesNotContain("secret inside", body, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_can_not_be_looked_up_is_no_wrong_token()
    {
        await using var gateway = await FaultyGateway.Start();
        gateway.Grains.On<ITokenGrain>("Get", (_, _) => throw new TimeoutException());
        using var http = gateway.Http(Gateway.Security.TokenText.Create(Gateway.Security.Roles.Client));

        using var answer = await http.GetAsync($"/tasks/{Task1}");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
    }

    [Fact]
    public async Task A_result_whose_output_could_not_be_kept_is_not_recorded_so_that_it_comes_again()
    {
        await using var gateway = await FaultyGateway.Start();
        gateway.Grains
            .On<ITaskGrain>("Get", (_, _) => Task.FromResult<TaskSnapshot?>(Running()))
            .On<ITaskGrain>("FinishWithOutput", (_, _) => Task.FromResult(Apart));
        using var http = gateway.Http();

        using var answer = await http.PostAsync("/worker/result", GatewayHost.Json(Report));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal(0, gateway.Grains.Count("Finish"));
    }

    [Fact]
    public async Task One_attempt_whose_lease_can_not_be_renewed_does_not_hold_up_the_others()
    {
        await using var gateway = await FaultyGateway.Start();
        gateway.Grains
            .On<IWorkerGrain>("Touch", (_, _) => Task.FromResult<SessionInfo?>(new() { Session = "pc.1.x", Epoch = 1, Offers = "" }))
            .On<ITaskGrain>("Heartbeat", (key, _) =>
                (Guid)key == Guid.Empty ? throw new TimeoutException() : Task.FromResult(Directive.Continue));
        using var http = gateway.Http();

        using var answer = await http.PostAsync("/worker/heartbeat",
            GatewayHost.Json($$"""{"session":"pc.1.x","attempts":["{{Guid.Empty}}.1","{{Task1}}.1"]}"""));

        Assert.Equal($$"""{"{{Task1}}.1":"continue"}""",
            JsonElement.Parse(await answer.Content.ReadAsByteArrayAsync()).GetProperty("attempts").GetRawText());
    }

    [Fact]
    public async Task Another_tenant_s_task_is_not_there_and_the_attempt_to_end_it_is_on_record()
    {
        await using var gateway = await FaultyGateway.Start();
        var task = Running() with { Spec = Running().Spec with { Tenant = "other" } };
        gateway.Grains
            .On<ITaskGrain>("Get", (_, _) => Task.FromResult<TaskSnapshot?>(task))
            .On<ITaskGrain>("FinishWithOutput", (_, _) => Task.FromResult(Apart));
        using var http = gateway.Http();

        using var answer = await http.PostAsync("/worker/result", GatewayHost.Json(Report));

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal(0, gateway.Grains.Count("Finish"));
        Assert.Equal("foreign-attempt", Assert.Single(gateway.Audit.Notes).What);
    }

    /// <summary>Output and end are to be reported one after the other.</summary>
    private static FinishReply Apart { get; } = new(Rejection.None, ResultFate.None, TaskState.None, IsApart: true);

    private static TaskSnapshot Running() => new()
    {
        Id = Guid.Parse(Task1),
        Spec = new TaskSpec { Kind = "command", Payload = [], Requires = "" },
        State = TaskState.Running,
        Version = 2,
        Attempt = 1,
        Worker = "compat",
    };
}
