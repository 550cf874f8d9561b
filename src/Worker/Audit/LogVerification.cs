using System.Globalization;
using System.Text.Json;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Workers;
using OpenClaw.Worker.Cli;
using OpenClaw.Worker.Enrolment;
using OpenClaw.Worker.Identity;

namespace OpenClaw.Worker.Audit;

/// <summary>Checks this PC's log by its own chain, and by where the server had heard that it ended.</summary>
internal static class LogVerification
{
    /// <param name="call">The verb.</param>
    /// <param name="heads">File with what the server knows; null: it is not compared.</param>
    public static int Run(VerbCall call, string? heads)
    {
        var folder = Path.Combine(call.Home, HomeFolder.AuditName);
        var exit = HistoryVerb.ShowVerification(call, AuditReader.Verify(folder));
        if (heads is null) return exit;
        var (known, error) = FindKnown(call, heads);
        if (known is null)
        {
            call.Error.WriteLine(error);
            return VerbExit.Usage;
        }
        var files = new AuditFiles(folder);
        var end = AuditReader.FindEnd(files);
        var isThere = AuditReader.ContainsRow(files, end, new ChainEnd(known.Rows, known.Hash));
        var heard = string.Create(
            CultureInfo.InvariantCulture, $"row {known.Rows} at {DateTimeOffset.FromUnixTimeMilliseconds(known.At):u}");
        call.Out.WriteLine(isThere
            ? $"the server had heard of {heard}, and that row is here"
            : $"NOT whole: the server had heard of {heard}, and that row is not here: rows were cut off, or the log was rewritten");
        return isThere ? exit : VerbExit.No;
    }

    private static (KnownAuditHead? Head, string? Error) FindKnown(VerbCall call, string path)
    {
        try
        {
            var text = path == "-" ? call.Terminal.In.ReadToEnd() : File.ReadAllText(path);
            if (JsonSerializer.Deserialize(text, ProtocolJson.Lenient.WorkerListView) is not { Workers: { } workers })
                return (null, $"{path} is no list of workers: openclaw workers list --json");
            var name = FindName(call.Home);
            return workers.FirstOrDefault(worker => worker.Name == name)?.AuditLog is { Hash: not null } head
                ? (head, null)
                : (null, $"{path} says of the worker {name} nothing of its log; the name of this home is {name}");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            return (null, $"{path} is no list of workers: {error.Message}");
        }
    }

    private static string? FindName(string home)
    {
        var (key, _) = WorkerKey.Load(home, machine: null);
        using (key) return key?.Record.Name ?? HomeRecord.LoadFrom(home)?.Names.LastOrDefault();
    }
}
