using System.Globalization;
using OpenClaw.Cluster.Tests.Clocks;
using OpenClaw.Cluster.Tests.Load;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.Cluster.Tests.Servers;

/// <summary>A silo or a gateway that runs.</summary>
internal sealed record Member(string Name, string ClusterId, ServerProcess Process)
{
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
    public Task<int> CountTasks() => CountGrains("task");

    /// <summary>Tasks and workers whose grain is in this silo now: what has deadlines and leases.</summary>
    public async Task<int> CountTasksAndWorkers() => await CountTasks() + await CountGrains("worker");

    /// <summary>Grains of a type that are in a silo, by the metrics that it tells.</summary>
    internal static int CountGrains(string metrics, string type)
    {
        var end = $"grain_type=\"{type}\"}} ";
        return metrics.Split('\n')
            .Where(line => line.StartsWith("orleans_catalog_activations{", StringComparison.Ordinal)
                && line.Contains(end, StringComparison.Ordinal))
            .Sum(line => int.Parse(line[(line.IndexOf(end, StringComparison.Ordinal) + end.Length)..], CultureInfo.InvariantCulture));
    }

    private async Task<int> CountGrains(string type)
    {
        using var http = new HttpClient();
        return CountGrains(await http.GetStringAsync(new Uri(Insight!, "/metrics")), type);
    }
}
