using System.Globalization;
using OpenClaw.Cli.Printing;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Workers;

namespace OpenClaw.Cli.Workers;

/// <summary>The PCs that the token sees.</summary>
internal static class ListWorkersVerb
{
    private static readonly string[] Columns = ["NAME", "STATUS", "SYSTEM", "VERSION", "RUNS", "LAST SEEN", "KNOWN BY", "LABELS"];
    private static readonly VerbOption Quiet = new("--quiet", "names alone");

    public static Verb List { get; } = new("workers list", "the PCs, and whether they are there", Run) { Options = [Quiet] };

    private static async Task<int> Run(VerbCall call)
    {
        var (workers, exit) = await WorkerDownload.ListAll(call);
        if (workers is null) return exit;
        return call.Show(new WorkerListView([.. workers]), ProtocolJson.Default.WorkerListView, to =>
        {
            if (call.HasOption(Quiet)) foreach (var worker in workers) to.WriteLine(worker.Name);
            else TextTable.Write(to, Columns, workers.Select(ToRow));
        });
    }

    private static string[] ToRow(WorkerView worker) =>
    [
        worker.Name, worker.Status, worker.Os is null ? "" : $"{worker.Os} {worker.Arch}".TrimEnd(), worker.Version ?? "",
        string.Create(CultureInfo.InvariantCulture, $"{worker.Running.Length} of {worker.MaxConcurrent}"),
        worker.LastSeen is { } at ? Times.FormatTime(at) : "", worker.Identity is null ? "token" : "key",
        string.Join(", ", worker.Labels),
    ];
}
