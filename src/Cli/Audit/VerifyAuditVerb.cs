using System.Globalization;
using OpenClaw.Cli.Printing;
using OpenClaw.Cli.Workers;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Audit;

namespace OpenClaw.Cli.Audit;

/// <summary>Verifies the audit's hash chains, of a file or as the server has them now.</summary>
internal static class VerifyAuditVerb
{
    /// <summary>What is deleted for its age while the chains are read looks like a fault until they are read again.</summary>
    private const int Tries = 3;
    private const long KeptByDefault = 7 * 86_400_000L;

    private static readonly VerbOption Since =
        new("--since", "an earlier export: where its chains ended has to be there still", "FILE");

    private static readonly VerbOption Witness =
        new("--witness", "what a worker was told (openclaw-worker audit heads), too; may be given more than once", "FILE");

    private static readonly VerbOption Kept =
        new("--kept", "how long the server keeps its audit: OPENCLAW_KEEP_AUDIT_DAYS; 7d where nothing is said", "TIME");

    public static Verb Verify { get; } = new("audit verify", "finds what was deleted, edited, moved or cut off in the audit", Run)
    {
        Options = [Since, Witness, Kept],
        Words = "[FILE]",
        Count = (0, 1),
        More = "FILE is an export, and no server is asked; - is standard input. Without one the server's chains are verified as they are.\n"
            + "Exit code 1, and a sentence for each fault, when something is not as it was written. Whether the newest rows were cut off\n"
            + "together with the end of their chain, or all of it was written anew, others have to tell: an earlier export, --since,\n"
            + "and the workers, who are told each minute where the chains end: openclaw-worker audit heads > FILE on a PC, and\n"
            + "--witness FILE here. They tell as well when links are gone that are younger than twice --kept. Notes that are younger than\n"
            + "--kept have to be there; an export's age does not count.",
    };

    private static async Task<int> Run(VerbCall call)
    {
        var (since, wrong) = ReadEnds(call.FindValue(Since));
        if (since is null) return call.Fail(ExitCodes.Usage, wrong!);
        var (told, foul) = WitnessFiles.Read(call, call.FindList(Witness) ?? []);
        if (told is null) return call.Fail(ExitCodes.Usage, foul!);
        if (call.HasOption(Since) && since.Length == 0)
            call.Error.WriteLine("the earlier export names no chain with a row, so nothing is compared with it");
        AuditWitness[] seen = [.. since, .. told];
        var errors = new List<string>();
        var kept = call.ReadDuration(Kept, errors) ?? KeptByDefault;
        if (errors.Count > 0) return call.FailUsage(errors);
        var keeping = TimeSpan.FromMilliseconds(kept);
        if (call.Words is [var path]) return await VerifyFile(call, path, seen, keeping);
        for (var left = Tries; ; left--)
        {
            var (verdict, exit) = await VerifyServer(call, seen, keeping);
            if (verdict is null) return exit;
            if (verdict.Findings.Count == 0 || left <= 1) return PrintVerdict(call, verdict);
        }
    }

    private static async Task<int> VerifyFile(VerbCall call, string path, AuditWitness[] seen, TimeSpan kept)
    {
        try
        {
            if (path == "-") return PrintVerdict(call, await AuditFile.Verify(call.Terminal.In, seen, FindKept));
            using var file = File.OpenText(path);
            return PrintVerdict(call, await AuditFile.Verify(file, seen, FindKept));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return call.Fail(ExitCodes.Usage, $"{path} can't be read: {error.Message}");
        }

        // An old export was young when it was made. A clock that was ahead makes nothing older than it is.
        AuditKept FindKept(AuditChainList known)
        {
            var now = call.Terminal.Clock.GetUtcNow();
            var at = known.At < now ? known.At.Value : now;
            call.Error.WriteLine(known.At is null ? "the export does not say when it was made: ages count from now"
                : string.Create(CultureInfo.InvariantCulture, $"ages count from the time of the export, {at:u}"));
            return AuditKept.FromTime(at, kept);
        }
    }

    private static async Task<(AuditVerdict? Verdict, int ExitCode)> VerifyServer(
        VerbCall call, AuditWitness[] seen, TimeSpan kept)
    {
        var (known, exit) = await AuditDownload.ListChains(call);
        if (known is null) return (null, exit);
        var verifier = new AuditVerifier(known.Chains, seen, AuditKept.FromTime(call.Terminal.Clock.GetUtcNow(), kept));
        var logs = new WorkerLogs();
        exit = await AuditDownload.ReadLinks(call, known, link =>
        {
            verifier.CheckLink(link);
            logs.TakeNotes(link);
        });
        if (exit != ExitCodes.Done) return (null, exit);
        var verdict = verifier.Conclude();
        if (!logs.HasAny) return (verdict, exit);
        var (workers, refused) = await WorkerDownload.ListAll(call);
        if (workers is null) return (null, refused);
        return (verdict with { Findings = [.. verdict.Findings, .. logs.FindForgotten(workers)] }, exit);
    }

    /// <summary>Where the chains of an earlier export ended; or why that is not to be known.</summary>
    private static (AuditWitness[]? Ends, string? Error) ReadEnds(string? path)
    {
        if (path is null) return ([], null);
        try
        {
            using var file = File.OpenText(path);
            return AuditFile.ParseChains(file.ReadLine()) is { } known
                ? ([.. known.Chains.Where(chain => chain.Link > 0)
                    .Select(chain => new AuditWitness(chain.Chain, chain.Link, chain.Hash) { By = "the earlier export" })], null)
                : (null, $"{path} is no export of the audit");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return (null, $"{path} can't be read: {error.Message}");
        }
    }

    private static int PrintVerdict(VerbCall call, AuditVerdict verdict)
    {
        foreach (var finding in verdict.Findings) call.Fail(ExitCodes.No, finding);
        call.Show(verdict, ProtocolJson.Default.AuditVerdict, to => to.WriteLine(
            $"{(verdict.Findings.Count == 0 ? "verified" : "not as it was written")}: {CountedNoun.FormatCount(verdict.Chains, "chain")}, "
            + $"{CountedNoun.FormatCount(verdict.Links, "link")}, {CountedNoun.FormatCount(verdict.Rows, "row")} as "
            + $"{(verdict.Rows == 1 ? "it was" : "they were")} written, {verdict.Removed} removed with their tasks, "
            + $"{verdict.Withheld} of other tenants by their place alone; {CountedNoun.FormatCount(verdict.Notes, "note")}, "
            + $"{verdict.NotesRemoved} removed for their age"
            + (verdict.FirstFormat == 0 ? "" : $"; {CountedNoun.FormatCount(verdict.FirstFormat, "row")} of an older build "
                + "without digests of payload and result")));
        return verdict.Findings.Count == 0 ? ExitCodes.Done : ExitCodes.No;
    }
}
