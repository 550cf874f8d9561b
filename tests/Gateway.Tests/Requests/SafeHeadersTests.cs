using System.Net;
using OpenClaw.Gateway.Tests.Hosting;

namespace OpenClaw.Gateway.Tests.Requests;

public sealed class SafeHeadersTests(LiveGateway gateway) : IClassFixture<LiveGateway>
{
    [Theory]
    [InlineData("/health", HttpStatusCode.OK), InlineData("/healthz", HttpStatusCode.OK), InlineData("/tasks", HttpStatusCode.OK)]
    [InlineData("/openapi.json", HttpStatusCode.OK), InlineData("/nothing", HttpStatusCode.NotFound)]
    [InlineData("/tasks?token=x", HttpStatusCode.Unauthorized), InlineData("/tasks/no-id", HttpStatusCode.NotFound)]
    [InlineData("/tasks//x", HttpStatusCode.NotFound), InlineData("/admin/tokens", HttpStatusCode.Forbidden)]
    [InlineData("/tasks/x/cancel", HttpStatusCode.MethodNotAllowed)]
    public async Task No_answer_is_taken_for_something_else_than_it_says(string path, HttpStatusCode status)
    {
        using var answer = await gateway.Client.GetAsync(path);
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(["nosniff"], answer.Headers.GetValues("X-Content-Type-Options"));
    }

    [Fact]
    public async Task Nor_is_the_output_of_a_task()
    {
        var id = await gateway.Client.Submit("""{"command":"true"}""");
        using var request = new HttpRequestMessage(HttpMethod.Head, $"/tasks/{id}/output?follow=true");
        using var answer = await gateway.Client.SendAsync(request);
        Assert.Equal(["nosniff"], answer.Headers.GetValues("X-Content-Type-Options"));
    }
}
