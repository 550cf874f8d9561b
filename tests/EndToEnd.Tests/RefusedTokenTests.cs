using System.Net;
using System.Text.Json.Nodes;
using OpenClaw.TestKit.Clients;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.EndToEnd.Tests;

/// <summary>Starts with tokens that were revoked, rotated or lost, and the end of a start that waits.</summary>
public sealed class RefusedTokenTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private string Data => folder.File("data");
    private string TokensPath => Path.Combine(Data, "tokens");

    [Fact]
    public async Task With_its_worker_s_token_rotated_it_says_what_to_do_and_with_the_new_one_in_the_file_it_starts()
    {
        var (old, answer) = await End("worker", "rotate");

        await ExpectRefusal();
        var text = await File.ReadAllTextAsync(TokensPath);
        await File.WriteAllTextAsync(TokensPath, text.Replace(old, (string)answer["secret"]!, StringComparison.Ordinal));

        await using var mended = await StandaloneProcess.Start(Data);
        Assert.Equal("", mended.Errors);
    }

    [Fact]
    public async Task With_its_worker_s_token_revoked_it_says_what_to_do_and_without_the_file_it_starts()
    {
        var (old, _) = await End("worker", "revoke");

        await ExpectRefusal();
        await using (var alone = await StandaloneProcess.Start(Data, "--no-worker"))
            await Eventually.Is(() => alone.Errors.Contains("worker", StringComparison.Ordinal), "it has warned");
        File.Move(TokensPath, TokensPath + ".old");

        await using var mended = await StandaloneProcess.Start(Data);
        Assert.NotEqual(old, mended.TokenOf("worker"));
    }

    [Fact]
    public async Task With_the_client_s_token_rotated_it_starts_with_one_line_of_warning()
    {
        await End("client", "rotate");

        await using var server = await StandaloneProcess.Start(Data);

        await Eventually.Is(() => server.Errors.Length > 0, "it has warned");
        var line = Assert.Single(server.Errors.Split('\n'));
        Assert.Contains(TokensPath, line, StringComparison.Ordinal);
        Assert.Contains(": client.", line, StringComparison.Ordinal);
        Assert.DoesNotContain("ocl_", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_lost_the_admin_token_gives_it_a_new_one()
    {
        await using (var first = await StandaloneProcess.Start(Data, "--no-worker")) await first.Signal("TERM");
        var given = Tokens.New("adm");

        await using var server = await StandaloneProcess.StartIn(Data, [("OPENCLAW_ADMIN_TOKEN", given)], "--no-worker");

        using var admin = new Api(server.Url, given);
        (await admin.Get("/admin/tokens")).Ok();
    }

    [Fact]
    public async Task A_signal_ends_it_while_its_worker_waits_for_its_name()
    {
        await using (var first = await StandaloneProcess.Start(Data, "--no-worker"))
        {
            using var other = new Api(first.Url, first.TokenOf("worker"));
            (await other.Post("/worker/sessions", JsonNode.Parse("""
                {"name":"pc","instance":"another","labels":[],"kinds":["command"],"os":"linux","arch":"x64","maxConcurrent":1}
                """))).Ok();
            await first.Signal("TERM");
        }
        var port = FreePort.Find();
        await using var server = StandaloneProcess.Launch(Data, [("WORKER_NAME", "pc")], "--port", $"{port}");
        await Eventually.Is(() => Answers(port), "it serves HTTP");

        var (exitCode, _) = await server.Signal("TERM");

        Assert.Equal((0, "", ""), (exitCode, server.Output, server.Errors));
    }

    public void Dispose() => folder.Dispose();

    private static async Task<bool> Answers(int port)
    {
        using var anybody = new Api(new Uri($"http://127.0.0.1:{port}"), "none");
        try
        {
            return (await anybody.Get("/tasks")).Status == HttpStatusCode.Unauthorized;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>Rotates or revokes the token of a role, and ends the server; the token of before, and the answer.</summary>
    private async Task<(string Old, JsonNode Answer)> End(string role, string verb)
    {
        await using var server = await StandaloneProcess.Start(Data, "--no-worker");
        using var admin = new Api(server.Url, server.TokenOf("admin"));
        var old = server.TokenOf(role);
        var answer = (await admin.Post($"/admin/tokens/{old.Split('_')[2]}/{verb}", new JsonObject())).Ok();
        await server.Signal("TERM");
        return (old, answer);
    }

    private async Task ExpectRefusal()
    {
        await using var refused = StandaloneProcess.Launch(Data, [], "--port", "0");
        Assert.Equal(2, await refused.Exit());
        var line = Assert.Single(refused.Errors.Split('\n'));
        Assert.Contains(TokensPath, line, StringComparison.Ordinal);
        Assert.Contains("Write the new secret into its line, or move the file away", line, StringComparison.Ordinal);
        Assert.Equal("", refused.Output);
    }
}
