using OpenClaw.Cli.Printing;
using OpenClaw.Protocol.Audit;

namespace OpenClaw.Cli.Audit;

/// <summary>Reads what workers were told of the audit's chains, and says on standard error whose each file is.</summary>
internal static class WitnessFiles
{
    /// <summary>All heads of the files; or why one of them is none.</summary>
    public static (AuditWitness[]? Witnesses, string? Error) Read(VerbCall call, IEnumerable<string> paths)
    {
        var all = new List<AuditWitness>();
        foreach (var path in paths)
        {
            var (statement, key, error) = ReadFile(path);
            if (statement is null) return (null, $"{path} {error}");
            var by = statement.Worker + (key is null ? " (not signed)" : "");
            all.AddRange(statement.Heads.Select(head => new AuditWitness(head.Chain, head.Link, head.Hash) { By = by, At = head.At }));
            call.Error.WriteLine(PrintableText.Escape(
                $"{statement.Worker}: {CountedNoun.FormatCount(statement.Heads.Length, "head")} until {statement.At:u}, "
                + (key is null ? "not signed" : $"signed by the key {key}")));
        }
        return ([.. all], null);
    }

    private static (WitnessStatement? Statement, string? KeyId, string? Error) ReadFile(string path)
    {
        try
        {
            return SignedWitness.Parse(File.ReadAllText(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return (null, null, $"can't be read: {error.Message}");
        }
    }
}
