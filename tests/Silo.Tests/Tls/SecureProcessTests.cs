using OpenClaw.TestKit.Processes;

namespace OpenClaw.Silo.Tests.Tls;

/// <summary>Certificates as an operator gives them: by the environment of the processes.</summary>
public sealed class SecureProcessTests : IDisposable
{
    private readonly TestAuthority ours = new();

    [Fact]
    public async Task A_gateway_with_a_certificate_reaches_silos_with_one()
    {
        var connection = await PreparedDatabase.Create();
        await using var first = await SiloProcess.Start(connection, Certificates());
        await using var second = await SiloProcess.Start(connection, Certificates());
        await using var gateway = await GatewayProcess.Start(connection, Certificates());
        using var client = new HttpClient { BaseAddress = gateway.Url };
        client.DefaultRequestHeaders.Authorization = new("Bearer", gateway.TokenOf("client"));

        var answer = await client.GetAsync("/tasks");

        Assert.True(answer.IsSuccessStatusCode, $"{answer.StatusCode}");
    }

    [Fact]
    public async Task A_silo_whose_certificate_can_not_be_read_says_so_and_does_not_start()
    {
        var given = Certificates();
        File.Delete(given[1].Item2);

        await using var silo = SiloProcess.Launch(await PreparedDatabase.Create(), given);

        await Assert.ThrowsAsync<IOException>(silo.Ready);
        Assert.Contains(given[1].Item2, silo.Process.Errors, StringComparison.Ordinal);
    }

    public void Dispose() => ours.Dispose();

    private (string, string)[] Certificates()
    {
        var (certificate, key) = ours.IssueFiles(TimeProvider.System.GetUtcNow().AddDays(1));
        return [("OPENCLAW_CLUSTER_CERT", certificate), ("OPENCLAW_CLUSTER_KEY", key), ("OPENCLAW_CLUSTER_CA", ours.AuthorityFile)];
    }
}
