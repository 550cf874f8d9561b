using System.Diagnostics.Metrics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.Telemetry.Tests;

/// <summary>docs/observability.md and the dashboard against the instruments there are.</summary>
[Collection(MeasuredCollection.Name)]
public sealed partial class DocumentTests(MeasuredServer server)
{
    private static readonly string[] Histograms = ["_bucket", "_sum", "_count"];

    [Fact]
    public void Every_metric_has_a_row_that_says_what_it_is()
    {
        var documented = Rows().ToDictionary(row => row.Name, row => row.Type);
        var real = Instruments().ToDictionary(instrument => NameOf(instrument), TypeOf);
        Assert.Equal(real.OrderBy(pair => pair.Key, StringComparer.Ordinal), documented.OrderBy(pair => pair.Key, StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_is_scraped_has_the_names_types_and_labels_of_the_page()
    {
        var scrape = await Scrape.Of(server.Metrics);
        var rows = Rows().ToDictionary(row => row.Name);
        var families = scrape.Types.Where(pair => pair.Key.StartsWith("openclaw_", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(families);
        foreach (var (family, type) in families)
        {
            Assert.True(rows.TryGetValue(family, out var row), family + " is not on the page");
            Assert.Equal(type, row.Type);
            var labels = new[] { family }.Concat(Histograms.Select(suffix => family + suffix)).SelectMany(scrape.Labels).Distinct();
            Assert.Empty(labels.Except(row.Labels));
        }
    }

    [Fact]
    public void The_dashboard_asks_for_nothing_that_is_not_on_the_page()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs/observability.md"));
        var known = Rows().SelectMany(row => row.Type == "histogram" ? Histograms.Select(suffix => row.Name + suffix) : [row.Name])
            .Concat(Word().Matches(page).Select(match => match.Groups[1].Value))
            .Concat(Histograms.Select(suffix => "http_server_request_duration_seconds" + suffix)).ToHashSet();
        Assert.NotEmpty(GrafanaFile.Metrics());
        Assert.Empty(GrafanaFile.Metrics().Except(known));
    }

    /// <summary>All of the meter, those that nothing has touched yet included.</summary>
    private static List<Instrument> Instruments()
    {
        var types = new[] { "OpenClaw.Grains", "OpenClaw.Storage", "openclaw-gateway" }
            .SelectMany(name => Assembly.Load(name).GetTypes())
            .Where(type => type.GetFields(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public).Any(IsInstrument));
        foreach (var type in types)
            RuntimeHelpers.RunClassConstructor(type.TypeHandle);
        var found = new List<Instrument>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name == "OpenClaw" && found.TrueForAll(known => known.Name != instrument.Name)) found.Add(instrument);
        };
        listener.Start();
        return found;
    }

    private static bool IsInstrument(FieldInfo field) => typeof(Instrument).IsAssignableFrom(field.FieldType);

    private static string NameOf(Instrument instrument) => instrument.Name.Replace('.', '_')
        + (instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" })
        + (TypeOf(instrument) == "counter" ? "_total" : "");

    private static string TypeOf(Instrument instrument) => instrument.GetType().Name.Split('`')[0] switch
    {
        "Counter" => "counter",
        "Histogram" => "histogram",
        _ => "gauge",
    };

    private static IEnumerable<(string Name, string Type, string[] Labels)> Rows() =>
        from line in File.ReadLines(Path.Combine(Repository.Root, "docs/observability.md"))
        let row = Row().Match(line)
        where row.Success
        let labels = Quoted().Matches(row.Groups[3].Value).Select(label => label.Groups[1].Value).ToArray()
        select (row.Groups[1].Value, row.Groups[2].Value, labels);

    [GeneratedRegex(@"^\| `(openclaw_[a-z_]+)` \| [^|]+ \| (\w+) \| \w+ \| ([^|]*)\|")]
    private static partial Regex Row();

    [GeneratedRegex("`([a-z_]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex("`([a-z]+_[a-z_]+)`")]
    private static partial Regex Word();
}
