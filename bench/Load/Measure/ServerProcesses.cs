namespace OpenClaw.Load.Measure;

/// <summary>All processes of the server: one for Standalone; gateways, silos and the database of a cluster.</summary>
internal sealed class ServerProcesses(IReadOnlyList<int> pids)
{
    private readonly ServerProcess[] _all = [.. pids.Select(pid => new ServerProcess(pid))];
    private double[] _cpu = [];
    private long[] _rss = [];

    /// <summary>What is reported from now on is measured against this moment.</summary>
    public void Begin() => (_cpu, _rss) = ([.. _all.Select(p => p.CpuSeconds())], [.. _all.Select(p => p.RssKib())]);

    /// <summary>Resident sets together, KiB.</summary>
    public long RssKib() => _all.Sum(p => p.RssKib());

    /// <summary>CPU since <see cref="Begin"/>, seconds, all together.</summary>
    public double CpuSeconds() => _all.Zip(_cpu, (p, before) => p.CpuSeconds() - before).Sum();

    /// <summary>CPU time of each since <see cref="Begin"/>.</summary>
    public void AddCpu(Report report)
    {
        foreach (var (process, before) in _all.Zip(_cpu)) report.Add($"{process.Name} CPU", process.CpuSeconds() - before, "s");
    }

    /// <summary>Memory of each: then, now and at most.</summary>
    public void AddMemory(Report report)
    {
        foreach (var (process, before) in _all.Zip(_rss))
        {
            report.Add($"{process.Name} RSS, before", before / 1024.0, "MiB");
            report.Add($"{process.Name} RSS", process.RssKib() / 1024.0, "MiB");
            report.Add($"{process.Name} RSS, peak", process.PeakRssKib() / 1024.0, "MiB");
        }
    }
}
