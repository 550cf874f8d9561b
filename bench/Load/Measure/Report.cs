using System.Globalization;
using System.Text.Json.Nodes;

namespace OpenClaw.Load.Measure;

/// <summary>Named figures in the order they were added, printed as a table or as one JSON object.</summary>
internal sealed class Report(string mode)
{
    private readonly List<(string Name, object? Value, string Unit)> rows = [];

    public void Add(string name, double? value, string unit) =>
        rows.Add((name, value is { } v && double.IsFinite(v) ? Math.Round(v, 3) : null, unit));

    public void Add(string name, Quantiles quantiles)
    {
        Add($"{name} p50", quantiles.P50, "ms");
        Add($"{name} p95", quantiles.P95, "ms");
        Add($"{name} p99", quantiles.P99, "ms");
        Add($"{name} samples", quantiles.Count, "");
    }

    public string ToTable()
    {
        var width = rows.Max(r => r.Name.Length);
        return string.Join('\n', rows.Select(r =>
            $"  {r.Name.PadRight(width)}  {string.Create(CultureInfo.InvariantCulture, $"{r.Value ?? "-",12}")} {r.Unit}").Prepend(mode));
    }

    public string ToJson()
    {
        var json = new JsonObject { ["mode"] = mode };
        foreach (var (name, value, unit) in rows)
            json[unit.Length == 0 ? name : $"{name} ({unit})"] = value is double v ? JsonValue.Create(v) : null;
        return json.ToJsonString();
    }
}
