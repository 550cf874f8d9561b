using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.Telemetry.Tests;

/// <summary>The dashboard that is shipped.</summary>
internal static partial class GrafanaFile
{
    /// <summary>Names that are no metrics of ours: what Prometheus itself adds, functions, labels.</summary>
    private static readonly string[] Words =
    [
        "up", "sum", "rate", "max", "count", "by", "histogram_quantile", "le", "job", "instance", "state", "kind", "protocol", "reason",
        "stream", "method", "http_response_status_code", "http_route", "db_client_connection_state", "__rate_interval",
    ];

    /// <summary>Every metric that a panel asks for.</summary>
    public static IReadOnlySet<string> Metrics() => Panels().SelectMany(panel => panel!["targets"]?.AsArray() ?? [])
        .SelectMany(target => Name().Matches(Text().Replace(target!["expr"]!.GetValue<string>(), "")))
        .Select(match => match.Value).Where(name => !Words.Contains(name)).ToHashSet();

    public static IEnumerable<JsonNode?> Panels() => JsonNode
        .Parse(File.ReadAllText(Path.Combine(Repository.Root, "deploy/grafana/openclaw.json")))!["panels"]!.AsArray();

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Text();

    [GeneratedRegex(@"(?<![0-9.])\b[a-zA-Z_][a-zA-Z0-9_]*")]
    private static partial Regex Name();
}
