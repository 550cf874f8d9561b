using OpenClaw.Cli.Printing;
using OpenClaw.Protocol.Audit;

namespace OpenClaw.Cli.Audit;

/// <summary>Writes the audit's chains as lines of JSON.</summary>
internal static class ExportAuditVerb
{
    private static readonly VerbOption Output = new("--output", "writes to this file, in place of one that is there", "FILE");

    public static Verb Export { get; } = new("audit export", "the audit of the whole server, as lines of JSON", Run)
    {
        Options = [Output],
        More = "The list of the hash chains first, then a link a line. openclaw audit verify FILE verifies it, on any machine.\n"
            + "A file is there whole or not at all.",
    };

    private static async Task<int> Run(VerbCall call)
    {
        var (known, exit) = await AuditDownload.ListChains(call);
        if (known is null) return exit;
        if (call.FindValue(Output) is not { } path) return (await WriteLines(call, known, call.Out)).ExitCode;
        var part = path + ".part";
        long links;
        try
        {
            await using (var file = new StreamWriter(part)) (links, exit) = await WriteLines(call, known, file);
            if (exit == ExitCodes.Done) File.Move(part, path, overwrite: true);
            else File.Delete(part);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return call.Fail(ExitCodes.Failed, $"{path} can't be written: {error.Message}");
        }
        if (exit == ExitCodes.Done) call.Error.WriteLine(
                $"written: {CountedNoun.FormatCount(links, "link")} of {CountedNoun.FormatCount(known.Chains.Length, "chain")}");
        return exit;
    }

    private static async Task<(long Links, int ExitCode)> WriteLines(VerbCall call, AuditChainList known, TextWriter to)
    {
        var links = 0L;
        to.WriteLine(AuditFile.FormatChains(known));
        var exit = await AuditDownload.ReadLinks(call, known, link =>
        {
            to.WriteLine(AuditFile.FormatLink(link));
            links++;
        });
        return (links, exit);
    }
}
