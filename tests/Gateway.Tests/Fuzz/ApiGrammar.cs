using System.Text.Json;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.Gateway.Tests.Fuzz;

/// <summary>One operation of docs/openapi.json.</summary>
/// <param name="Method">Method.</param>
/// <param name="Path">Its path, with <c>{id}</c> or <c>{name}</c>.</param>
/// <param name="Parameters">Name, and whether it is of the path, the query or the headers.</param>
/// <param name="Body">Schema of its JSON; null: it takes no body.</param>
/// <param name="Binary">Takes frames of output, too.</param>
internal sealed record ApiOperation(
    string Method, string Path, IReadOnlyList<(string Name, string In)> Parameters, JsonElement? Body, bool Binary)
{
    /// <summary>What is followed goes on for as long as the task.</summary>
    public bool IsStream => Path.EndsWith("/events", StringComparison.Ordinal) || Path.EndsWith("/output", StringComparison.Ordinal);
}

/// <summary>What the document of the API says can be asked for.</summary>
internal sealed class ApiGrammar
{
    private readonly JsonElement document;

    private ApiGrammar(JsonElement document) => this.document = document;

    public IReadOnlyList<ApiOperation> Operations { get; private init; } = [];

    public static ApiGrammar Load()
    {
        var document = JsonElement.Parse(File.ReadAllText(Path.Combine(Repository.Root, "docs", "openapi.json")));
        var paths = document.GetProperty("paths").EnumerateObject();
        return new(document)
        {
            Operations = [.. paths.SelectMany(path => path.Value.EnumerateObject().Select(one => ReadOperation(path.Name, one)))],
        };
    }

    /// <summary>The schema that another one refers to, or itself.</summary>
    public JsonElement Resolve(JsonElement schema)
    {
        while (schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("$ref", out var reference))
        {
            var found = document;
            foreach (var step in reference.GetString()!.Split('/').Skip(1))
                found = found.ValueKind == JsonValueKind.Array ? found[int.Parse(step, null)] : found.GetProperty(step);
            schema = found;
        }
        return schema;
    }

    private static ApiOperation ReadOperation(string path, JsonProperty operation)
    {
        var parameters = operation.Value.TryGetProperty("parameters", out var listed)
            ? listed.EnumerateArray().Select(one => (one.GetProperty("name").GetString()!, one.GetProperty("in").GetString()!)) : [];
        var takes = operation.Value.TryGetProperty("requestBody", out var body) ? body.GetProperty("content") : (JsonElement?)null;
        var binary = takes?.TryGetProperty("application/octet-stream", out _) ?? false;
        return new(operation.Name.ToUpperInvariant(), path, [.. parameters],
            takes?.GetProperty("application/json").GetProperty("schema"), binary);
    }
}
