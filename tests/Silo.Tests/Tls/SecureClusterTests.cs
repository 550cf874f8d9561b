using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenClaw.Cluster;
using OpenClaw.Silo.Tests.Cluster;
using OpenClaw.TestKit.Processes;
using Orleans.Configuration;

namespace OpenClaw.Silo.Tests.Tls;

/// <summary>Silos with certificates, and who wants to talk to them.</summary>
public sealed class SecureClusterTests : IAsyncLifetime
{
    private readonly TestAuthority ours = new();
    private readonly TestAuthority theirs = new();
    private string connection = "";
    private IHost silo = null!;

    public async Task InitializeAsync()
    {
        connection = await PreparedDatabase.Create();
        silo = await SiloHost.Start(SiloHost.Options(connection, ours.Member()));
    }

    public async Task DisposeAsync()
    {
        await silo.StopAsync();
        silo.Dispose();
        ours.Dispose();
        theirs.Dispose();
    }

    [Fact]
    public async Task Silos_with_certificates_of_one_authority_are_a_cluster_and_a_client_with_one_reaches_it()
    {
        using var second = await SiloHost.Start(SiloHost.Options(connection, ours.Member()));
        using var client = Client(ours.Member());
        await client.StartAsync();

        var hosts = await client.Services.GetRequiredService<IGrainFactory>().GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true);

        Assert.Equal(2, hosts.Count);
        await client.StopAsync();
        await second.StopAsync();
    }

    [Fact]
    public Task A_client_in_plaintext_gets_nowhere() => Refused(null);

    [Fact]
    public Task A_client_with_a_certificate_of_another_authority_gets_nowhere() => Refused(theirs.Stranger(trusted: ours));

    [Fact]
    public Task A_client_with_an_expired_certificate_gets_nowhere() => Refused(ours.Expired());

    [Fact]
    public async Task A_silo_in_plaintext_never_becomes_a_member()
    {
        using var members = await Members.Of(connection);
        using var stop = new CancellationTokenSource();
        using var stranger = SiloHost.Build(SiloHost.Options(connection));
        var starting = stranger.StartAsync(stop.Token);

        await Eventually.Is(async () => await members.Count(SiloStatus.Dead) == 1, "the stranger is declared dead");

        Assert.False(starting.IsCompletedSuccessfully);
        Assert.Equal(1, await members.Count(SiloStatus.Active));
        await stop.CancelAsync();
        await Record.ExceptionAsync(() => starting);
    }

    private async Task Refused(ClusterTls? tls)
    {
        using var client = Client(tls);
        // A client that is refused tries again for minutes; one that is not is there at once.
        using var enough = new CancellationTokenSource(TimeSpan.FromSeconds(6));

        Assert.NotNull(await Record.ExceptionAsync(() => client.StartAsync(enough.Token).WaitAsync(enough.Token)));
    }

    private IHost Client(ClusterTls? tls)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = ("openclaw", "openclaw"));
            client.UseAdoNetClustering(table =>
                (table.Invariant, table.ConnectionString) =
                    (MembershipDatabase.Invariant, MembershipDatabase.GetConnectionString(connection)));
            if (tls is not null)
                client.Configure<ClientConnectionOptions>(connections => connections.ConfigureConnection(tls.SecureOutbound));
        });
        return builder.Build();
    }
}
