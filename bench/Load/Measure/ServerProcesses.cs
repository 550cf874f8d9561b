namespace OpenClaw.Load.Measure;

/// <summary>All processes of the server: one for Standalone; gateways, silos and the database of a cluster.</summary>
internal sealed class ServerProcesses(IReadOnlyList<int> pids)
{
    private readonly ServerProcess[] all = [.. pids.Select(pid => new ServerProcess(pid))];
    private double[] cpu = [];
    private long[] rss = [];

    /// <summary>What is reported from now on is measured against this moment.</summary>
    public void Begin() => (cpu, rss) = ([.. all.Select(p => p.CpuSeconds())], [.. all.Select(p => p.RssKib())]);

    /// <summary>Resident sets together, KiB.</summary>
    public long RssKib() => all.Sum(p => p.RssKib());

    /// <summary>CPU since <see cref="Begin"/>, seconds, all together.</summary>
    public double CpuSeconds() => all.Zip(cpu, (p, before) => p.CpuSeconds() - before).Sum();

    /// <summary>CPU time of each since <see cref="Begin"/>.</summary>
    public void AddCpu(Report report)
    {
        foreach (var (process, before) in all.Zip(cpu)) report.Add($"{process.Name} CPU", process.CpuSeconds() - before, "s");
    }

    /// <summary>Memory of each: then, now and at most.</summary>
    public void AddMemory(Report report)
    {
        foreach (var (process, before) in all.Zip(rss))
        {
            report.Add($"{process.Name} RSS, before", before / 1024.0, "MiB");
            report.Add($"{process.Name} RSS", process.RssKib() / 1024.0, "MiB");
            report.Add($"{process.Name} RSS, peak", process.PeakRssKib() / 1024.0, "MiB");
        }
    }
}
