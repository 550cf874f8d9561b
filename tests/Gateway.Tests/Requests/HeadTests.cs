using System.Net;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.Protocol;

namespace OpenClaw.Gateway.Tests.Requests;

/// <summary>HEAD is GET without a body, on every route, and holds and takes nothing.</summary>
public sealed class HeadTests(LiveGateway gateway) : IClassFixture<LiveGateway>
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Every_GET_route_answers_HEAD_with_the_same_status_and_headers_and_no_body()
    {
        var worker = await SessionWorker.Open(gateway);
        var id = await gateway.Client.Submit($$"""{"command":"id","worker":"{{worker.Name}}"}""");
        await worker.Finish(await worker.Take(), stdout: "some output");
        var routes = gateway.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Contains("GET"))
            .Select(endpoint => endpoint.RoutePattern.RawText!);
        foreach (var route in routes.Append("/tasks/no-such-task").Append("/tasks?limit=0"))
        {
            var path = route.Replace("{id}", id, StringComparison.Ordinal).Replace("{name}", worker.Name, StringComparison.Ordinal);
            var http = route == Routes.WorkerPoll ? gateway.Worker : gateway.Client;
            using var get = await http.GetAsync(path + (route == Routes.WorkerPoll ? "?wait=0" : ""));
            using var head = await Head(http, path);
            Assert.True(get.StatusCode == head.StatusCode, $"{path}: GET {get.StatusCode}, HEAD {head.StatusCode}");
            Assert.True($"{get.Content.Headers.ContentType}" == $"{head.Content.Headers.ContentType}", path);
            if (get.Content.Headers.ContentLength is { } length && head.Content.Headers.ContentLength is { } said && route != Routes.Health)
                Assert.True(said == length, $"{path}: {said} for {length}");
            Assert.Empty(await head.Content.ReadAsByteArrayAsync());
        }
    }

    [Fact]
    public async Task Where_a_GET_waits_or_follows_a_HEAD_is_answered_at_once()
    {
        var id = await gateway.Client.Submit($$"""{"command":"id","worker":"{{SessionWorker.NewName()}}"}""");
        foreach (var path in (string[])[$"/tasks/{id}?wait=300000", $"/tasks/{id}/output?follow=true", $"/tasks/{id}/events"])
        {
            using var head = await Head(gateway.Client, path).WaitAsync(Soon);
            Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        }
        using var wrong = await Head(gateway.Client, $"/tasks/{id}?wait=abc");
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
    }

    [Fact]
    public async Task A_HEAD_of_the_originals_poll_takes_no_task_and_is_no_sign_of_a_worker()
    {
        var name = SessionWorker.NewName();
        var id = await gateway.Client.Submit($$"""{"command":"id","worker":"{{name}}"}""");
        using var head = await Head(gateway.Worker, $"/worker/poll?wait=60000&name={name}").WaitAsync(Soon);
        Assert.Equal((HttpStatusCode.OK, 4L), (head.StatusCode, head.Content.Headers.ContentLength));
        Assert.Equal("queued", (await gateway.Client.Get($"/tasks/{id}")).Body.Text("state"));
        Assert.Equal(HttpStatusCode.NotFound, (await gateway.Client.Get($"/workers/{name}")).Status);
        using var strange = await Head(gateway.Client, "/worker/poll");
        Assert.Equal(HttpStatusCode.Forbidden, strange.StatusCode);
    }

    [Theory]
    [InlineData("/health", "GET, HEAD"), InlineData("/tasks", "GET, HEAD, POST"), InlineData("/worker/poll", "GET, HEAD, POST")]
    [InlineData("/worker/heartbeat", "POST")]
    public async Task A_405_names_HEAD_where_there_is_one(string path, string allowed)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, path);
        using var response = await gateway.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(allowed, string.Join(", ", response.Content.Headers.Allow.Order(StringComparer.Ordinal)));
    }

    private static async Task<HttpResponseMessage> Head(HttpClient http, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, path);
        return await http.SendAsync(request);
    }
}
