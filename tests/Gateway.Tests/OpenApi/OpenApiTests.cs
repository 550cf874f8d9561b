using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.Hosting.Health;

namespace OpenClaw.Gateway.Tests.OpenApi;

/// <summary>
/// docs/openapi.json is what routes and types say. After a change: <c>UPDATE_OPENAPI=1 dotnet test tests/Gateway.Tests</c>, and read
/// the difference before it is committed.
/// </summary>
public sealed class OpenApiTests(LiveGateway gateway) : IClassFixture<LiveGateway>
{
    private static readonly JsonSerializerOptions Layout =
        new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>For whoever watches the process; no part of the API.</summary>
    private static readonly string[] Operations = [HealthEndpoints.Liveness, HealthEndpoints.Readiness];

    [Fact]
    public void Every_route_is_in_the_document_and_nothing_else()
    {
        var mapped = gateway.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => !Operations.Contains(endpoint.RoutePattern.RawText)).SelectMany(endpoint =>
            endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Where(method => method != "HEAD")
                .Select(method => $"{method} {endpoint.RoutePattern.RawText}"));

        Assert.Equal(mapped.Order(), ApiTable.All.Select(operation => $"{operation.Method} {operation.Route}").Order());
    }

    [Fact]
    public void The_committed_document_is_what_routes_and_types_say()
    {
        var path = Path.Combine(Root(), "docs", "openapi.json");
        var written = OpenApiWriter.Write().ToJsonString(Layout) + "\n";
        if (Environment.GetEnvironmentVariable("UPDATE_OPENAPI") == "1") File.WriteAllText(path, written);

        Assert.Equal(written, File.ReadAllText(path));
    }

    [Fact]
    public void Every_reference_leads_somewhere()
    {
        var document = OpenApiWriter.Write();

        var references = References(document).ToList();
        Assert.NotEmpty(references);
        Assert.All(references, reference =>
        {
            JsonNode? at = document;
            foreach (var step in reference.Split('/').Skip(1)) at = at is JsonArray array ? array[int.Parse(step, null)] : at?[step];
            Assert.NotNull(at);
        });
    }

    [Fact]
    public async Task The_document_is_served()
    {
        var served = await gateway.Client.GetStringAsync("/openapi.json");

        Assert.Equal(File.ReadAllText(Path.Combine(Root(), "docs", "openapi.json")), served);
        Assert.Equal("3.1.0", JsonDocument.Parse(served).RootElement.GetProperty("openapi").GetString());
    }

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject fields => fields.SelectMany(field => field is { Key: "$ref", Value: JsonValue value } ? [value.GetValue<string>()]
            : References(field.Value)),
        JsonArray items => items.SelectMany(References),
        _ => [],
    };

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "OpenClaw.sln"))) folder = folder.Parent!;
        return folder.FullName;
    }
}
