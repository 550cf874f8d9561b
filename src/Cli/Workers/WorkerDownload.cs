using OpenClaw.Protocol.Workers;

namespace OpenClaw.Cli.Workers;

/// <summary>Reads the list of workers, page by page.</summary>
internal static class WorkerDownload
{
    /// <summary>All that the token sees. Null: why is told already, and the exit code is the one to return.</summary>
    public static async Task<(IReadOnlyList<WorkerView>? Workers, int ExitCode)> ListAll(VerbCall call)
    {
        var workers = new List<WorkerView>();
        string? cursor = null;
        do
        {
            var (page, exit) = await call.AskServer(http => new WorkersClient(http).ListWorkers(cursor: cursor));
            if (page is null) return (null, exit);
            workers.AddRange(page.Workers);
            cursor = page.NextCursor;
        }
        while (cursor is not null);
        return (workers, ExitCodes.Done);
    }
}
