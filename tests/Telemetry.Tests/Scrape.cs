using System.Globalization;
using System.Text.RegularExpressions;

namespace OpenClaw.Telemetry.Tests;

/// <summary>What GET /metrics answered, read as Prometheus reads it.</summary>
internal sealed partial class Scrape
{
    private readonly List<(string Name, Dictionary<string, string> Labels, double Value)> samples = [];

    private Scrape(string text)
    {
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (Type().Match(line) is { Success: true } type) Types[type.Groups[1].Value] = type.Groups[2].Value;
            if (line[0] == '#') continue;
            var sample = Sample().Match(line);
            Assert.True(sample.Success, "Not a sample: " + line);
            var labels = Label().Matches(sample.Groups[2].Value)
                .ToDictionary(label => label.Groups[1].Value, label => label.Groups[2].Value);
            samples.Add((sample.Groups[1].Value, labels, double.Parse(sample.Groups[3].Value, CultureInfo.InvariantCulture)));
        }
    }

    /// <summary>Kind of each family: counter, gauge, histogram.</summary>
    public Dictionary<string, string> Types { get; } = [];

    /// <summary>Every name that can stand in a query.</summary>
    public IEnumerable<string> Names => samples.Select(sample => sample.Name).Distinct();

    public static async Task<Scrape> Of(HttpClient http, string path = "/metrics")
    {
        using var response = await http.GetAsync(path);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {response.StatusCode}");
        Assert.StartsWith("text/plain", response.Content.Headers.ContentType?.ToString(), StringComparison.Ordinal);
        return new Scrape(await response.Content.ReadAsStringAsync());
    }

    /// <summary>Sum of the samples of a name that have these labels, each <c>name=value</c>.</summary>
    public double Sum(string name, params string[] labels) => samples
        .Where(sample => sample.Name == name && labels.All(label => sample.Labels.Contains(Pair(label)))).Sum(sample => sample.Value);

    /// <summary>Values that a label of a name has.</summary>
    public IEnumerable<string> Values(string name, string label) => samples
        .Where(sample => sample.Name == name && sample.Labels.ContainsKey(label)).Select(sample => sample.Labels[label]).Distinct();

    /// <summary>Labels of a name, without those every metric has.</summary>
    public IEnumerable<string> Labels(string name) => samples.Where(sample => sample.Name == name)
        .SelectMany(sample => sample.Labels.Keys).Distinct()
        .Where(label => label != "le" && !label.StartsWith("otel_scope", StringComparison.Ordinal));

    private static KeyValuePair<string, string> Pair(string label)
    {
        var parts = label.Split('=');
        return KeyValuePair.Create(parts[0], parts[1]);
    }

    [GeneratedRegex(@"^# TYPE (\S+) (\S+)$")]
    private static partial Regex Type();

    [GeneratedRegex(@"^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)(?: \d+)?$")]
    private static partial Regex Sample();

    [GeneratedRegex("""([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)" ?""")]
    private static partial Regex Label();
}
