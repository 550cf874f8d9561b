using OpenClaw.Gateway.Tests.Hosting;

namespace OpenClaw.Gateway.Tests.Hostile;

/// <summary>Requests that are wrong before there is a route: refused, closed, and nothing done.</summary>
[Collection(nameof(GatewayHost))]
public sealed class TransportTests(GatewayHost host)
{
    private const string Body = """{"command":"true"}""";

    private const string JsonType = "Content-Type: application/json\r\n";

    private string Host => $"Host: {host.Address.Authority}\r\n";

    private string Token => $"Authorization: Bearer {host.ClientToken}\r\n";

    private string Json => $"Content-Type: application/json\r\nContent-Length: {Body.Length}\r\n";

    [Fact]
    public Task Two_Host_headers() => Refused($"POST /tasks HTTP/1.1\r\n{Host}{Host}{Token}{Json}\r\n{Body}", 400);

    [Fact]
    public Task No_Host_header() => Refused($"POST /tasks HTTP/1.1\r\n{Token}{Json}\r\n{Body}", 400);

    [Fact]
    public Task Bare_line_feeds() =>
        Refused($"POST /tasks HTTP/1.1\r\n{Host}{Token}{Json}\r\n{Body}".Replace("\r\n", "\n", StringComparison.Ordinal), 400);

    [Fact]
    public Task One_bare_line_feed_among_the_headers() =>
        Refused($"POST /tasks HTTP/1.1\r\n{Host}X-One: 1\nX-Two: 2\r\n{Token}{Json}\r\n{Body}", 400);

    [Fact]
    public Task A_length_and_chunks() =>
        Refused($"POST /tasks HTTP/1.1\r\n{Host}{Token}{Json}Transfer-Encoding: chunked\r\n\r\n12\r\n{Body}\r\n0\r\n\r\n", 400);

    [Fact]
    public Task Two_lengths() =>
        Refused($"POST /tasks HTTP/1.1\r\n{Host}{Token}{Json}Content-Length: 3\r\n\r\n{Body}", 400);

    [Fact]
    public Task A_length_that_is_none() =>
        Refused($"POST /tasks HTTP/1.1\r\n{Host}{Token}Content-Type: application/json\r\nContent-Length: -1\r\n\r\n{Body}", 400);

    [Fact]
    public Task An_unknown_transfer_encoding() =>
        Refused($"POST /tasks HTTP/1.1\r\n{Host}{Token}{JsonType}Transfer-Encoding: xchunked\r\n\r\n12\r\n{Body}\r\n0\r\n\r\n", 400);

    [Fact]
    public Task A_chunk_whose_size_is_none() =>
        Refused($"POST /tasks HTTP/1.1\r\n{Host}{Token}{JsonType}Transfer-Encoding: chunked\r\n\r\nxx\r\n{Body}\r\n0\r\n\r\n", 400);

    [Fact]
    public Task White_space_before_the_colon() =>
        Refused($"POST /tasks HTTP/1.1\r\n{Host}Authorization : Bearer {host.ClientToken}\r\n{Json}\r\n{Body}", 400);

    [Fact]
    public Task A_request_line_too_long() => Refused($"GET /tasks?since={new string('x', 9000)} HTTP/1.1\r\n{Host}{Token}\r\n", 414);

    [Fact]
    public Task Headers_too_large() => Refused($"GET /tasks HTTP/1.1\r\n{Host}{Token}X-Long: {new string('x', 17_000)}\r\n\r\n", 431);

    [Fact]
    public Task Headers_too_many() =>
        Refused($"GET /tasks HTTP/1.1\r\n{Host}{Token}{string.Concat(Enumerable.Range(0, 100).Select(i => $"X-{i}: 1\r\n"))}\r\n", 431);

    [Fact]
    public Task A_body_shorter_than_its_length_from_a_client_that_waits() =>
        Refused($"POST /tasks HTTP/1.1\r\n{Host}{Token}Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n{{", 408);

    [Fact]
    public Task Headers_that_never_end() => Refused($"GET /tasks HTTP/1.1\r\n{Host}X-Slow: ", 408);

    [Fact]
    public async Task A_client_that_leaves_in_the_middle_of_its_body_makes_no_task()
    {
        var before = await host.CountTasks();
        using (var socket = new RawHttp(host.Address))
            socket.Send($"POST /tasks HTTP/1.1\r\n{Host}{Token}Content-Type: application/json\r\nContent-Length: 30\r\n\r\n{Body}");
        // The next request is served, whatever that one left behind.
        using var http = host.Http(host.ClientToken);
        (await http.GetAsync("/tasks?limit=1")).EnsureSuccessStatusCode();

        Assert.Equal(before, await host.CountTasks());
    }

    [Fact]
    public void An_address_of_the_whole_form_is_the_same_route()
    {
        using var socket = new RawHttp(host.Address);
        socket.Send($"GET {host.Address}health HTTP/1.1\r\n{Host}\r\n");
        Assert.Equal(200, socket.Receive().Status);
    }

    [Fact]
    public void No_answer_names_the_server()
    {
        using var socket = new RawHttp(host.Address);
        socket.Send($"GET /health HTTP/1.1\r\n{Host}\r\n");
        Assert.DoesNotContain("\r\nServer:", socket.Receive().Answer, StringComparison.OrdinalIgnoreCase);
    }

    private async Task Refused(string request, int expected)
    {
        var before = await host.CountTasks();
        using var socket = new RawHttp(host.Address);
        socket.Send(request);

        var (status, answer) = socket.Receive();

        Assert.True(status == expected, answer);
        Assert.DoesNotContain(host.ClientToken, answer, StringComparison.Ordinal);
        Assert.True(socket.IsClosed(), "the connection stays open");
        Assert.Equal(before, await host.CountTasks());
    }
}
