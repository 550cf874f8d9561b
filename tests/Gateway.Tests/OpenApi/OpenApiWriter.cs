using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Output;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Gateway.Tests.OpenApi;

/// <summary>Writes the OpenAPI document from the table of operations, the types of the wire and their comments.</summary>
internal sealed partial class OpenApiWriter
{
    private readonly JsonObject schemas = [];
    private readonly Dictionary<string, string> comments = Comments(typeof(ProtocolJson).Assembly);

    public static JsonObject Write() => new OpenApiWriter().Document();

    private JsonObject Document()
    {
        var paths = new JsonObject();
        foreach (var route in ApiTable.All.GroupBy(operation => operation.Route))
        {
            paths[route.Key] = new JsonObject(route.Select(operation =>
                KeyValuePair.Create<string, JsonNode?>(operation.Method.ToLower(CultureInfo.InvariantCulture), Of(operation))));
        }
        foreach (var type in new[] { typeof(Problem), typeof(StateEvent), typeof(OutputEvent) }) Ref(type);
        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "OpenClaw", ["version"] = "1",
                ["description"] = "Runs tasks on people's own PCs. docs/protocol.md explains."
            },
            ["security"] = new JsonArray(new JsonObject { ["token"] = new JsonArray() }),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["securitySchemes"] = new JsonObject { ["token"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer" } },
                ["responses"] = new JsonObject
                {
                    ["Problem"] = new JsonObject
                    {
                        ["description"] = "A problem, RFC 9457.",
                        ["content"] = Content("application/problem+json", Ref(typeof(Problem)))
                    },
                },
                ["schemas"] = new JsonObject(schemas.OrderBy(schema => schema.Key, StringComparer.Ordinal)
                    .Select(schema => KeyValuePair.Create(schema.Key, schema.Value?.DeepClone()))),
            },
        };
    }

    private JsonObject Of(Operation operation)
    {
        var node = new JsonObject
        {
            ["operationId"] = operation.Id, ["tags"] = new JsonArray(operation.Tag),
            ["summary"] = operation.Summary
        };
        if (operation.Route is Routes.Health or Routes.Authority or Routes.JoinFiles or Routes.JoinFile) node["security"] = new JsonArray();
        if (Parameters(operation) is { Count: > 0 } parameters) node["parameters"] = parameters;
        if (operation.Takes is { } takes) node["requestBody"] = Body(Ref(takes, strict: true));
        else if (operation.TakesSchema is { } schema) node["requestBody"] = Body(schema.DeepClone());
        if (operation.AlsoTakes is { } media)
            node["requestBody"]!["content"]![media] =
                new JsonObject { ["schema"] = new JsonObject { ["type"] = "string", ["format"] = "binary" } };
        var responses = new JsonObject { ["200"] = Success(operation) };
        foreach (var status in operation.Problems)
        {
            responses[Text(status)] = new JsonObject { ["$ref"] = "#/components/responses/Problem" };
        }
        node["responses"] = responses;
        return node;
    }

    private static JsonArray Parameters(Operation operation)
    {
        var inPath = PathParameter().Matches(operation.Route).Select(match => ("path", match.Groups[1].Value, "string", "Its id or name."));
        return [.. inPath.Concat(operation.Parameters).Select(parameter => new JsonObject
        {
            ["name"] = parameter.Item2,
            ["in"] = parameter.Item1,
            ["required"] = parameter.Item1 == "path",
            ["description"] = parameter.Item4,
            ["schema"] = new JsonObject { ["type"] = parameter.Item3 },
        })];
    }

    private JsonObject Success(Operation operation)
    {
        var node = new JsonObject { ["description"] = "Done." };
        JsonNode schema = operation.Answers switch
        {
            [var one] => Ref(one),
            [_, ..] several => new JsonObject { ["anyOf"] = new JsonArray([.. several.Select(type => Ref(type))]) },
            _ => operation.AnswersSchema?.DeepClone() ?? new JsonObject { ["type"] = "string" },
        };
        node["content"] = Content(operation.AnswersMedia, schema);
        return node;
    }

    private static JsonObject Body(JsonNode schema) => new() { ["required"] = true, ["content"] = Content("application/json", schema) };

    private static JsonObject Content(string media, JsonNode schema) => new() { [media] = new JsonObject { ["schema"] = schema } };

    /// <summary>A request is read strictly; to an answer a newer server may add fields.</summary>
    private JsonObject Ref(Type type, bool strict = false)
    {
        if (!schemas.ContainsKey(type.Name))
        {
            var options = new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Describe };
            var schema = ProtocolJson.Default.Options.GetJsonSchemaAsNode(type, options);
            Rebase(schema, $"#/components/schemas/{type.Name}");
            if (!strict) Open(schema);
            schemas[type.Name] = schema;
        }
        return new JsonObject { ["$ref"] = $"#/components/schemas/{type.Name}" };
    }

    private JsonNode Describe(JsonSchemaExporterContext context, JsonNode schema)
    {
        var key = context.PropertyInfo?.AttributeProvider is MemberInfo member
            ? $"P:{member.DeclaringType!.FullName}.{member.Name}" : $"T:{context.TypeInfo.Type.FullName}";
        // A text with a converter of ours is a text all the same; the exporter can't see into a converter.
        if (context.PropertyInfo is { PropertyType: var type, IsGetNullable: var nullable } && type == typeof(string)
            && schema is not JsonObject { Count: > 0 })
            schema = new JsonObject { ["type"] = nullable ? new JsonArray("string", "null") : "string" };
        if (schema is JsonObject node && comments.TryGetValue(key, out var comment)) node.Insert(0, "description", comment);
        return schema;
    }

    /// <summary>A type met twice is referred to from the schema's own root, which is not the document's.</summary>
    private static void Rebase(JsonNode? node, string root)
    {
        if (node is JsonArray array) foreach (var item in array) Rebase(item, root);
        if (node is not JsonObject fields) return;
        if (fields["$ref"] is JsonValue reference) fields["$ref"] = root + reference.GetValue<string>()[1..];
        foreach (var (_, value) in fields.ToArray()) Rebase(value, root);
    }

    private static void Open(JsonNode? node)
    {
        if (node is JsonArray array) foreach (var item in array) Open(item);
        if (node is not JsonObject fields) return;
        if (fields["additionalProperties"] is JsonValue value && value.TryGetValue<bool>(out _)) fields.Remove("additionalProperties");
        foreach (var (_, inner) in fields) Open(inner);
    }

    private static Dictionary<string, string> Comments(Assembly assembly) =>
        XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml")).Descendants("member")
            .Where(member => member.Element("summary") is not null)
            .ToDictionary(member => member.Attribute("name")!.Value, member => Plain(member.Element("summary")!));

    private static string Plain(XElement summary) => Space().Replace(string.Concat(summary.Nodes().Select(node => node switch
    {
        XElement { Name.LocalName: "see" } see => see.Attribute("cref")!.Value.Split('.')[^1],
        XElement element => element.Value,
        _ => node.ToString(),
    })), " ").Trim();

    private static string Text(int status) => status.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex PathParameter();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
