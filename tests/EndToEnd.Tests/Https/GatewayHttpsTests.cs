using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using OpenClaw.Protocol.Security.Certificates;
using OpenClaw.TestKit.Clients;
using OpenClaw.TestKit.Postgres;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.EndToEnd.Tests.Https;

/// <summary>Gateways of a cluster that serve HTTPS themselves, with the authority of a folder that they share.</summary>
public sealed class GatewayHttpsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public async Task Two_gateways_that_start_at_once_have_one_authority()
    {
        var database = await (await PostgresServer.ForAll).CreateDatabase();
        await using var silo = await SiloProcess.Start(database);
        var ports = new[] { FreePort.Find(), FreePort.Find() };
        var admin = Tokens.New("adm");
        var gateways = ports.Select(port => GatewayProcess.Launch(database, Settings(port, admin))).ToArray();
        try
        {
            await Task.WhenAll(gateways.Select(gateway => gateway.Ready()));
            var caFile = folder.File("tls/ca.pem");
            var pin = CertificatePin.FromCertificate(X509CertificateLoader.LoadCertificateFromFile(caFile));
            foreach (var (gateway, port) in gateways.Zip(ports))
            {
                Assert.Equal(Uri.UriSchemeHttps, gateway.Url.Scheme);
                Assert.Contains(pin, gateway.Process.Output, StringComparison.Ordinal);
                using var client = new Api(gateway.Url, admin, caFile);
                Assert.True((await client.Get("/tasks")).IsSuccess);
                Assert.Equal("", gateway.Process.Errors);
                // It waits 4 s for an answer, and whoever runs it tries again: on a busy machine one may be late.
                await Eventually.Is(
                    async () => (await Command.Run(
                        Repository.Program("Gateway", "openclaw-gateway"), ["healthcheck"], Settings(port, admin))).ExitCode == 0,
                    "it is healthy");
            }
        }
        finally
        {
            foreach (var gateway in gateways) await gateway.DisposeAsync();
        }
    }

    [Fact]
    public async Task Without_a_folder_or_a_certificate_the_start_is_refused()
    {
        await using var gateway = GatewayProcess.Launch("Host=127.0.0.1;Port=1;Username=x;Database=x", ("OPENCLAW_LISTEN", "0.0.0.0"));

        Assert.Equal(2, await gateway.Process.Exit());
        Assert.Contains("OPENCLAW_TLS_FOLDER", Assert.Single(gateway.Process.ErrorLines), StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();

    private (string, string)[] Settings(int port, string admin) =>
    [
        ("WORKER_PORT", port.ToString(CultureInfo.InvariantCulture)), ("OPENCLAW_LISTEN", "0.0.0.0"),
        ("OPENCLAW_TLS_FOLDER", folder.File("tls")), ("OPENCLAW_ADMIN_TOKEN", admin),
    ];
}
