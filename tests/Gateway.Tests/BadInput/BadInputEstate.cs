using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.Gateway.Tests.Security.Matrix;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Security;
using OpenClaw.Protocol.Tasks;
using SessionWorker = OpenClaw.Gateway.Tests.Hosting.SessionWorker;

namespace OpenClaw.Gateway.Tests.BadInput;

/// <summary>A gateway with tasks, workers and a second tenant, to which bad requests are sent; it must be the same after each.</summary>
public sealed class BadInputEstate : IAsyncLifetime
{
    private readonly Dictionary<string, string> names = new(StringComparer.Ordinal);
    private LiveGateway gateway = null!;
    private SessionWorker worker = null!, other = null!, foreign = null!;

    public Uri Address => gateway.Address;

    /// <summary>What stands for <c>%NAME%</c> in a case.</summary>
    public IReadOnlyDictionary<string, string> Names => names;

    /// <summary>What no answer may have in it.</summary>
    public IReadOnlyList<string> Secrets { get; private set; } = [];

    /// <summary>What the gateway could not answer.</summary>
    public string Failures => gateway.Failures;

    public async Task InitializeAsync()
    {
        // Each request has an address of its own, so that no answer depends on how many failed before; what is slow is so soon.
        gateway = await LiveGateway.Start(configure: services => services
            .Configure<GatewayOptions>(options => options.TrustedProxies = [System.Net.IPNetwork.Parse("127.0.0.0/8")])
            .Configure<KestrelServerOptions>(kestrel =>
            {
                kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(2);
                kestrel.Limits.MinRequestBodyDataRate = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(2));
            }));
        await MakeTokens();
        await MakeTasks();
        (names["HOST"], names["SECRET"]) = (gateway.Address.Authority, "secret-" + Guid.NewGuid().ToString("N"));
        string[] secret =
            ["SECRET", "CLIENT", "WORKER", "ADMIN", "SHARED", "UNKNOWN", "REVOKED", "EXPIRED", "WRONG-SECRET", "TYPO", "NARROWED", "BLIND"];
        Secrets = [.. secret.Select(name => names[name])];
    }

    public Task DisposeAsync() => gateway.DisposeAsync();

    /// <summary>Keeps what the workers have theirs, as their heartbeats do.</summary>
    public async Task SendHeartbeats()
    {
        await worker.Beat(names["ATTEMPT"], names["STALE_TASK"] + ".2");
        await other.Beat(names["OTHER_ATTEMPT"]);
        await foreign.Beat(names["FOREIGN_ATTEMPT"]);
    }

    /// <summary>All that is stored, in numbers.</summary>
    public StoredCounts CountStored() => StoredCounts.Read(Path.Combine(gateway.Folder, "openclaw.db"));

    /// <summary>Fails unless the server answers, and takes a task.</summary>
    public async Task ProveHealth()
    {
        using var health = await gateway.Client.GetAsync("/health");
        Assert.True(health.IsSuccessStatusCode);
        await gateway.Client.Submit("""{"command":"true","worker":"nobody"}""");
    }

    private async Task MakeTokens()
    {
        (names["CLIENT"], names["WORKER"], names["ADMIN"], names["SHARED"]) =
            (gateway.Tokens["client"], gateway.Tokens["worker"], gateway.Tokens["admin"], LiveGateway.SharedToken);
        var client = names["CLIENT"];
        names["UNKNOWN"] = TokenText.Create(Roles.Client);
        names["REVOKED"] = await StoreToken(record => record with { Revoked = true });
        names["EXPIRED"] = await StoreToken(record => record with { ExpiresAt = DateTimeOffset.UnixEpoch });
        names["WRONG-SECRET"] = await StoreToken(record => record with { SecretHash = new byte[32] });
        var narrowing = new TokenRules { Workers = ["pc"], Kinds = ["command"] };
        names["NARROWED"] = await StoreToken(record => record with { Rules = narrowing });
        names["BLIND"] = await StoreToken(record => record with { Rules = new() { Scopes = ["tasks:submit", "tasks:read"] } });
        names["SPARE_TOKEN"] = (await StoreToken(record => record))[TokenForm.IdStart..][..TokenForm.IdLength];
        names["TYPO"] = string.Concat(client.AsSpan(0, 40), client[40] == 'x' ? "y" : "x", client.AsSpan(41));
    }

    private async Task<string> StoreToken(Func<TokenRecord, TokenRecord> change, Roles role = Roles.Client, string tenant = "default")
    {
        var token = TokenText.Create(role);
        await Estate.StoreToken(gateway.Services.GetRequiredService<IGrainFactory>(), token, tenant, change);
        return token;
    }

    private async Task MakeTasks()
    {
        worker = await SessionWorker.Open(gateway, "pc");
        other = await SessionWorker.Open(gateway, "pc-other");
        (names["SESSION"], names["OTHER_SESSION"]) = (worker.Session, other.Session);
        var before = await SessionWorker.Open(gateway, "pc-renewed");
        await SessionWorker.Open(gateway, "pc-renewed", instance: before.Instance);
        names["OLD_SESSION"] = before.Session;
        names["KEY"] = "a-key-that-has-been-used";
        var used = await new TasksClient(gateway.Client).Submit(new SubmitTask { Command = "true", Worker = "nobody" }, names["KEY"]);
        Assert.True(used.IsOk, used.Why);

        var ended = await TakeTask(worker, gateway.Client, "pc");
        await worker.Finish(ended, stdout: "hello");
        names["ENDED_ATTEMPT"] = ended.AttemptId;
        // A second attempt, which goes on.
        var stale = await TakeTask(worker, gateway.Client, "pc", attempts: 2);
        await worker.Finish(stale, "failed", exitCode: 1);
        (names["STALE_ATTEMPT"], names["STALE_TASK"]) = (stale.AttemptId, stale.TaskId);
        await worker.Take();
        (names["TASK"], names["ATTEMPT"]) = await RunTask(worker, gateway.Client, "pc");
        (names["OTHER_TASK"], names["OTHER_ATTEMPT"]) = await RunTask(other, gateway.Client, "pc-other");

        var client = gateway.With(await StoreToken(record => record, tenant: "other"));
        foreign = await SessionWorker.Open(gateway, "pc-foreign",
            http: gateway.With(await StoreToken(record => record, Roles.Worker, "other")));
        names["FOREIGN_WORKER"] = "pc-foreign";
        (names["FOREIGN_TASK"], names["FOREIGN_ATTEMPT"]) = await RunTask(foreign, client, "pc-foreign");
    }

    private static async Task<Offer> TakeTask(SessionWorker worker, HttpClient client, string name, int attempts = 1)
    {
        var task = new SubmitTask { Command = "sleep 600", Worker = name, MaxAttempts = attempts, Timeout = 3_600_000 };
        var accepted = await new TasksClient(client).Submit(task);
        Assert.True(accepted.IsOk, accepted.Why);
        return await worker.Take();
    }

    private static async Task<(string Task, string Attempt)> RunTask(SessionWorker worker, HttpClient client, string name)
    {
        var offer = await TakeTask(worker, client, name);
        await worker.Print(offer, SessionWorker.Chunk("stdout", 0, 0, "hello"));
        return (offer.TaskId, offer.AttemptId);
    }
}
