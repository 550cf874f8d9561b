using OpenClaw.Gateway.Tests.Hosting;

namespace OpenClaw.Gateway.Tests.BadInput;

/// <summary>What comes before there is a route and is no refusal; the refusals are rows of cases.json.</summary>
[Collection(nameof(GatewayHost))]
public sealed class TransportTests(GatewayHost host)
{
    private const string Body = """{"command":"true"}""";

    private string Host => $"Host: {host.Address.Authority}\r\n";

    private string Token => $"Authorization: Bearer {host.ClientToken}\r\n";

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
}
