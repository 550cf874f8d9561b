using System.Globalization;
using OpenClaw.Cluster.Tests.Clocks;
using OpenClaw.Cluster.Tests.Load;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.Cluster.Tests.Servers;

/// <summary>A silo or a gateway that runs.</summary>
internal sealed record Member(string Name, string ClusterId, ServerProcess Process)
{
    private const string Tasks = "grain_type=\"task\"} ";

    /// <summary>Of the older build.</summary>
    public bool IsOlder { get; init; }

    /// <summary>Where a gateway is reached; null: a silo.</summary>
    public GatewayAddress? Address { get; init; }

    /// <summary>Of a silo: health and metrics.</summary>
    public Uri? Insight { get; init; }

    /// <summary>Where the servers have clocks of their own.</summary>
    public WallClock? Clock { get; init; }

    /// <summary>What its wall clock says, by the date of an answer.</summary>
    public async Task<DateTimeOffset> ReadClock()
    {
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri(Insight ?? Address!.Url, "/health"));
        return answer.Headers.Date!.Value;
    }

    /// <summary>Tasks whose grain is in this silo now, by its own metrics.</summary>
    public async Task<int> CountTasks()
    {
        using var http = new HttpClient();
        var lines = (await http.GetStringAsync(new Uri(Insight!, "/metrics"))).Split('\n');
        return lines.Where(line => line.StartsWith("orleans_catalog_activations{", StringComparison.Ordinal)
            && line.Contains(Tasks, StringComparison.Ordinal))
            .Sum(line => int.Parse(line[(line.IndexOf(Tasks, StringComparison.Ordinal) + Tasks.Length)..], CultureInfo.InvariantCulture));
    }
}
