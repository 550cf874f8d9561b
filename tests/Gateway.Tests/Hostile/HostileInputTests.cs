using System.Globalization;
using System.Text;
using System.Text.Json;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.GrainInterfaces;
using OpenClaw.GrainInterfaces.Security;

namespace OpenClaw.Gateway.Tests.Hostile;

/// <summary>
/// security.md section 7, a row of hostile-input.json each, byte for byte over a socket: the status, the form of the refusal, the
/// place, no secret given back, and not one task more than before.
/// </summary>
[Collection(nameof(GatewayHost))]
public sealed class HostileInputTests(GatewayHost host) : IAsyncLifetime
{
    /// <summary>Made once; the rows run one after the other.</summary>
    private static Dictionary<string, string>? prepared;

    private const string UsedKey = "a-key-that-has-been-used";

    private Dictionary<string, string> tokens = [];
    private long tasks;

    public static TheoryData<string> Names => [.. HostileCase.All.Select(row => row.Name)];

    public async Task InitializeAsync()
    {
        tokens = prepared ??= await Prepare();
        tasks = await host.CountTasks();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory, MemberData(nameof(Names))]
    public async Task Hostile_input_is_refused_and_changes_nothing(string name)
    {
        var row = HostileCase.All.Single(row => row.Name == name);
        using var socket = new RawHttp(host.Address);
        socket.Send(Head(row));
        Send(socket, row);

        var (status, answer) = socket.Receive();

        // This address has failed too often by now; the refusal is the same but for its status.
        Assert.True(status == row.Status || (row.Status == 401 && status == 429), answer);
        Assert.DoesNotContain(tokens.Values, token => answer.Contains(token, StringComparison.Ordinal));
        if (row.Bare) Assert.Contains("Content-Length: 0", answer, StringComparison.Ordinal);
        else AssertProblem(row, status, answer);
        Assert.Equal(tasks, await host.CountTasks());
    }

    [Fact]
    public void No_row_expects_a_failure_of_the_server() => Assert.All(HostileCase.All, row => Assert.InRange(row.Status, 400, 499));

    private static void AssertProblem(HostileCase row, int status, string answer)
    {
        Assert.True(answer.Split("\r\n\r\n", 2) is [_, _], "no whole answer");
        var (head, body) = (answer.Split("\r\n\r\n", 2)[0], answer.Split("\r\n\r\n", 2)[1]);
        Assert.Contains("Content-Type: application/problem+json", head, StringComparison.OrdinalIgnoreCase);
        var problem = JsonElement.Parse(body);
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.StartsWith("urn:openclaw:", problem.GetProperty("type").GetString(), StringComparison.Ordinal);
        foreach (var field in new[] { "title", "detail", "error" }) Assert.NotEmpty(problem.GetProperty(field).GetString()!);
        Assert.DoesNotContain("   at ", body, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", body, StringComparison.Ordinal);
        Assert.DoesNotContain("OpenClaw.", body, StringComparison.Ordinal);
        if (row.Place is not null)
        {
            var places = problem.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("field").GetString());
            Assert.Contains(row.Place, places);
        }
        if (status == 429) Assert.Matches("Retry-After: [1-9]", head);
        if (row.Allow is not null) Assert.Contains($"Allow: {row.Allow}", head, StringComparison.Ordinal);
    }

    private string Head(HostileCase row)
    {
        var path = row.Path.Replace("%TOKEN%", host.ClientToken, StringComparison.Ordinal);
        var head = new StringBuilder($"{row.Method} {path} HTTP/1.1\r\nHost: {host.Address.Authority}\r\n");
        var lines = row.Token switch
        {
            null => "",
            "two" => $"Authorization: Bearer {host.ClientToken}\r\nAuthorization: Bearer {host.ClientToken}\r\n",
            "bearer:" => "Authorization: Bearer \r\n",
            "basic:" => $"Authorization: Basic {Convert.ToBase64String(Encoding.ASCII.GetBytes($"x:{host.ClientToken}"))}\r\n",
            var token => $"Authorization: Bearer {tokens.GetValueOrDefault(token, token)}\r\n",
        };
        head.Append(lines);
        foreach (var (header, value) in row.Headers ?? new() { ["Content-Type"] = "application/json" })
            head.Append(CultureInfo.InvariantCulture, $"{header}: {value.Replace("%USED%", UsedKey, StringComparison.Ordinal)}\r\n");
        return head.ToString();
    }

    private static void Send(RawHttp socket, HostileCase row)
    {
        var body = row.Bytes() ?? [];
        try
        {
            if (row.Chunked)
            {
                socket.Send($"Transfer-Encoding: chunked\r\n\r\n{body.Length:x}\r\n");
                socket.Send(body);
                socket.Send("\r\n0\r\n\r\n");
            }
            else
            {
                socket.Send(row.Method is "GET" or "TRACE" ? "\r\n" : $"Content-Length: {body.Length}\r\n\r\n");
                socket.Send(body);
            }
        }
        catch (IOException)
        {
            // The server need not read all of what it refuses.
        }
    }

    private async Task<Dictionary<string, string>> Prepare()
    {
        using var http = host.Http(host.ClientToken);
        http.DefaultRequestHeaders.Add("Idempotency-Key", UsedKey);
        using var submitted = await http.PostAsync("/tasks", GatewayHost.Json("""{"command":"true","worker":"nobody"}"""));
        submitted.EnsureSuccessStatusCode();
        return new Dictionary<string, string>
        {
            ["client"] = host.ClientToken,
            ["worker"] = host.WorkerToken,
            ["admin"] = host.AdminToken,
            ["shared"] = GatewayHost.SharedToken,
            ["unknown"] = TokenText.Create(Roles.Client),
            ["revoked"] = await Stored(record => record with { Revoked = true }),
            ["expired"] = await Stored(record => record with { ExpiresAt = DateTimeOffset.UnixEpoch }),
            ["wrong-secret"] = await Stored(record => record with { SecretHash = new byte[32] }),
            ["typo"] = string.Concat(host.ClientToken.AsSpan(0, 40), host.ClientToken[40] == 'x' ? "y" : "x", host.ClientToken.AsSpan(41)),
        };
    }

    private async Task<string> Stored(Func<TokenRecord, TokenRecord> change)
    {
        var token = TokenText.Create(Roles.Client);
        Assert.True(TokenText.TryParse(token, out var id, out var secret, out _));
        var record = new TokenRecord { TokenId = id.ToString(), SecretHash = new byte[32], Role = "client" };
        TokenText.HashSecret(secret, record.SecretHash);
        await host.Grains.GetGrain<ITokenGrain>(GrainKeys.ForToken(record.TokenId)).Create(change(record));
        return token;
    }
}
