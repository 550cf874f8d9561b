using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using OpenClaw.Protocol.Security.Certificates;
using OpenClaw.TestKit.Clients;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.EndToEnd.Tests.Https;

/// <summary>Standalone on an address that others can reach: HTTPS by itself, and what a person needs to trust it.</summary>
public sealed class HttpsStartTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private string Data => folder.File("data");
    private string CaFile => Path.Combine(Data, "tls", "ca.pem");

    [Fact]
    public async Task Another_address_is_https_with_an_authority_of_its_own_and_all_works_through_it()
    {
        await using var server = await StandaloneProcess.Start(Data, "--listen", "0.0.0.0");
        Assert.Equal(Uri.UriSchemeHttps, server.Url.Scheme);
        var ran = await Command.Shell(await server.PasteableLine());
        Assert.True(ran.ExitCode == 0, ran.Errors);
        Assert.StartsWith("Hello from ", (string)JsonNode.Parse(ran.Output)!["stdout"]!, StringComparison.Ordinal);

        // What is printed, what is served without a token, what is on the disk: one authority.
        var authority = X509CertificateLoader.LoadCertificateFromFile(CaFile);
        Assert.Contains(CertificatePin.FromCertificate(authority), server.Output, StringComparison.Ordinal);
        Assert.Contains(CaFile, server.Output, StringComparison.Ordinal);
        var fetched = await Command.Run("curl", ["-sSk", $"{server.Url}ca.pem"]);
        Assert.Equal(await File.ReadAllTextAsync(CaFile), fetched.Output);
        var pin = await Command.Shell(
            $"openssl x509 -in '{CaFile}' -pubkey -noout | openssl pkey -pubin -outform DER | openssl dgst -sha256 -r | cut -d' ' -f1");
        Assert.Equal(CertificatePin.FromCertificate(authority), "sha256:" + pin.Output.Trim());
        Assert.Equal("", server.Errors);
    }

    [Theory, InlineData("1.1"), InlineData("2.0")]
    public async Task Clients_speak_http_1_and_2_through_waits_events_and_refusals(string version)
    {
        await using var server = await StandaloneProcess.Start(Data, "--listen", "0.0.0.0");
        using var client = new Api(server.Url, server.TokenOf("client"), CaFile, Version.Parse(version));
        var id = await client.Submit(new JsonObject { ["command"] = "echo there" });
        Assert.Equal("there\n", (string)(await client.End(id))["stdout"]!);
        Assert.Contains("event: end", (await client.Get($"/tasks/{id}/events")).Text, StringComparison.Ordinal);
        Assert.Equal("there\n", (await client.Get($"/tasks/{id}/output?follow=true")).Text);
        // Answers that would close a connection of HTTP/1.1.
        var large = await client.Post("/tasks", new JsonObject { ["command"] = new string('x', 300_000) });
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "application/problem+json"), (large.Status, large.MediaType));
        Assert.Equal(HttpStatusCode.BadRequest, (await client.Post("/tasks", new JsonObject { ["wrong"] = 1 })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await client.Get("/tasks/nothing")).Status);
        Assert.Equal("there\n", (string)(await client.End(id))["stdout"]!);
        Assert.Equal("", server.Errors);
    }

    [Fact]
    public async Task The_authority_outlives_a_restart_and_certificates_do_not()
    {
        var leaves = new List<string>();
        var authorities = new List<string>();
        for (var start = 0; start < 2; start++)
        {
            await using var server = await StandaloneProcess.Start(Data, "--listen", "0.0.0.0", "--no-worker");
            var shown = await Command.Shell(
                $"openssl s_client -connect 127.0.0.1:{server.Url.Port} </dev/null | openssl x509 -noout -serial");
            leaves.Add(shown.Output);
            authorities.Add(await File.ReadAllTextAsync(CaFile));
        }
        Assert.Equal(2, leaves.Distinct().Count(leaf => leaf.StartsWith("serial=", StringComparison.Ordinal)));
        Assert.Single(authorities.Distinct());
    }

    /// <summary>As strict as OpenSSL can be, which Python 3.13 and others are by default.</summary>
    [Fact]
    public async Task The_chain_is_what_strict_clients_want()
    {
        await using var server = await StandaloneProcess.Start(Data, "--listen", "0.0.0.0", "--no-worker");
        var verified = await Command.Shell($"openssl s_client -connect 127.0.0.1:{server.Url.Port} -CAfile '{CaFile}' -x509_strict "
            + "-verify_return_error -verify_hostname localhost </dev/null");
        Assert.Contains("Verify return code: 0 (ok)", verified.Output, StringComparison.Ordinal);
        Assert.Equal(0, verified.ExitCode);
    }

    [Fact]
    public async Task One_option_puts_it_on_a_public_address()
    {
        var port = FreePort.Find();
        await using var server = await StandaloneProcess.Start(
            Data, "--public", $"https://localhost:{port}", "--host", "pc.example.org,192.0.2.7", "--port", $"{port}");
        Assert.Equal(new Uri($"https://localhost:{port}"), server.Url);
        using var client = new Api(server.Url, server.TokenOf("client"), CaFile);
        Assert.Equal("there\n", (string)(await client.End(await client.Submit(new JsonObject { ["command"] = "echo there" })))["stdout"]!);
        var names = await Command.Shell($"openssl s_client -connect 127.0.0.1:{port} </dev/null | openssl x509 -noout -ext subjectAltName");
        Assert.All(["DNS:localhost", "DNS:pc.example.org", "IP Address:192.0.2.7", "IP Address:127.0.0.1"],
            name => Assert.Contains(name, names.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_given_certificate_is_served_and_replaced_without_a_restart_and_a_broken_one_is_logged()
    {
        var (certificate, key) = (folder.File("tls.crt"), folder.File("tls.key"));
        Assert.Equal(0, (await Make(certificate, key)).ExitCode);
        await using var server = await StandaloneProcess.Start(
            Data, "--listen", "0.0.0.0", "--tls-cert", certificate, "--tls-key", key);
        Assert.Equal("localhost", server.Url.Host);
        var first = await File.ReadAllTextAsync(certificate);
        await Shows(server, certificate);
        Assert.Equal("404", (await Command.Run("curl", ["-sk", "-o", "/dev/null", "-w", "%{http_code}", $"{server.Url}ca.pem"])).Output);

        await File.WriteAllTextAsync(certificate, "nonsense");
        await Eventually.Is(() => server.Errors.Contains("can't be used", StringComparison.Ordinal), "it has told of the broken one");
        await File.WriteAllTextAsync(certificate, first);
        await Shows(server, certificate);
        Assert.Equal(0, (await Make(certificate, key)).ExitCode);
        Assert.NotEqual(first, await File.ReadAllTextAsync(certificate));
        await Eventually.Is(() => IsShown(server, certificate), "the new one is shown");
        Assert.Single(server.Errors.Split('\n'), line => line.Length > 0 && !line.StartsWith(' '));

        Task<Ran> Make(string file, string keyFile) => Command.Run("openssl",
            ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "90", "-subj", "/CN=localhost",
                "-addext", "subjectAltName=DNS:localhost", "-keyout", keyFile, "-out", file]);
    }

    [Fact]
    public async Task A_contradiction_ends_the_start_and_makes_nothing()
    {
        await using var process = StandaloneProcess.Launch(
            Data, [], "--port", "0", "--insecure-http", "--tls-cert", "c.pem", "--listen", "0.0.0.0");
        Assert.Equal(2, await process.Exit());
        Assert.Contains("OPENCLAW_TLS_CERT", Assert.Single(process.Errors.Split('\n')), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Data));
    }

    [Fact]
    public async Task It_believes_a_trusted_proxy_about_the_address_of_a_client()
    {
        await using var server = await StandaloneProcess.StartIn(
            Data, [("OPENCLAW_TRUSTED_PROXIES", "127.0.0.0/8")], "--no-worker");
        using var http = new HttpClient { BaseAddress = server.Url };
        async Task<HttpStatusCode> Fail(string from)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/tasks");
            request.Headers.Add("X-Forwarded-For", from);
            using var answer = await http.SendAsync(request);
            return answer.StatusCode;
        }
        await Eventually.Is(async () => await Fail("192.0.2.1") == HttpStatusCode.TooManyRequests, "that address is told to wait");
        Assert.Equal(HttpStatusCode.Unauthorized, await Fail("192.0.2.2"));
    }

    [Fact]
    public async Task Loopback_stays_plain_http_and_makes_no_authority()
    {
        await using var server = await StandaloneProcess.Start(Data, "--no-worker");
        Assert.Equal(Uri.UriSchemeHttp, server.Url.Scheme);
        Assert.False(Directory.Exists(Path.Combine(Data, "tls")));
        Assert.DoesNotContain("sha256:", server.Output, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();

    private static async Task Shows(StandaloneProcess server, string certificate) => Assert.True(await IsShown(server, certificate));

    /// <summary>A certificate that signed itself is its own authority.</summary>
    private static async Task<bool> IsShown(StandaloneProcess server, string certificate)
    {
        var asked = await Command.Run("curl", ["-sS", "--cacert", certificate, $"{server.Url}health"]);
        return asked.Output.Contains("ok", StringComparison.Ordinal);
    }
}
