using System.Globalization;
using OpenClaw.Protocol.Audit;
using OpenClaw.Protocol.Signing;
using OpenClaw.Protocol.Workers;
using OpenClaw.Worker.Cli;
using OpenClaw.Worker.Control;
using OpenClaw.Worker.Enrolment;
using OpenClaw.Worker.Identity;
using OpenClaw.Worker.Logging;

namespace OpenClaw.Worker.Audit;

/// <summary>What this PC was told of the server's audit, for whoever verifies that. Needs no daemon.</summary>
internal static class AuditVerb
{
    private static readonly TimeSpan Lately = TimeSpan.FromDays(2);
    private static readonly VerbOption Server = new("--server", "of one server alone, by the id that the heads name", "ID");
    private static readonly VerbOption All = new("--all", "each minute; else of what is older than two days one an hour and chain");

    private static readonly VerbOption Heads = new("--heads", "of verify: what the server knows of its workers, JSON", "FILE");

    public static Verb Audit { get; } = new("audit", "this PC's word about the server's audit, and the reverse", RunVerb)
    {
        Words = "heads | verify",
        Count = (1, 1),
        Options = [Server, All, Heads],
        More = """
            heads   where the chains of the server's audit ended, as this PC was told, signed by its key:
                    openclaw audit verify --witness FILE finds with it what was cut off or rewritten since
            verify  checks the log of this PC itself, as history --verify does; with --heads also that the row is there which the
                    server had heard of last. FILE is what openclaw workers list --json says, or GET /workers; - is standard input
            """,
    };

    /// <summary>Leaves out what proves little: of what is old, all but one head an hour and chain. The newest of a chain stays.</summary>
    public static IEnumerable<WitnessedHead> ThinOut(IReadOnlyList<WitnessedHead> heads, DateTimeOffset now)
    {
        var last = heads.GroupBy(head => (head.Server, head.Chain)).ToDictionary(group => group.Key, group => group.Last());
        var kept = new HashSet<(string, string, long)>();
        return heads.Where(head => now - head.At <= Lately || last[(head.Server, head.Chain)] == head
            || kept.Add((head.Server, head.Chain, head.At.UtcTicks / TimeSpan.TicksPerHour)));
    }

    private static Task<int> RunVerb(VerbCall call) => Task.FromResult(Run(call));

    private static int Run(VerbCall call)
    {
        if (call.Words is not (["heads"] or ["verify"])) return Fail(call, "audit takes heads or verify");
        if (ClosedHome.Explain(call.Home, Audit.Name) is { } closed) return Fail(call, closed);
        return call.Words is ["verify"] ? LogVerification.Run(call, call.FindValue(Heads.Name)) : WriteHeads(call);
    }

    private static int WriteHeads(VerbCall call)
    {
        var folder = Path.Combine(call.Home, HomeFolder.AuditName);
        var (key, name, error) = LoadKey(call.Home);
        if (error is not null) return Fail(call, error);
        using (key)
        {
            var rows = AuditReader.ReadServerRows(folder).Where(row => call.FindValue(Server.Name) is not { } id || row.Server == id);
            WitnessedHead[] told = [.. rows.SelectMany(row =>
                row.Heads!.Select(head => new WitnessedHead(row.Server!, head.Chain, head.Link, head.Hash, row.At)))];
            if (told.Length == 0)
                return Fail(call, "no server has said where its audit ends: it may be older than this, or was not reached");
            var now = call.Terminal.Clock.GetUtcNow();
            var end = AuditReader.Verify(folder);
            if (end.Error is not null)
                call.Error.WriteLine($"this PC's own log is not whole: {end.Error}; openclaw-worker history --verify");
            var head = new AuditFiles(folder).ReadHead() ?? ChainEnd.Start;
            call.Out.WriteLine(SignedWitness.Format(
                new WitnessStatement
                {
                    Worker = name, At = now, Log = new AuditHead(head.Seq, head.Hash),
                    Heads = [.. call.HasOption(All.Name) ? told : ThinOut(told, now)],
                },
                key));
            var chains = CountedNoun.FormatCount(told.Select(one => (one.Server, one.Chain)).Distinct().Count(), "chain");
            call.Error.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"{chains}, last heard of at {told[^1].At:u}, ")
                + (key is null ? "not signed: this worker has no key" : $"signed by the key {key.PublicKey.Id}"));
        }
        return VerbExit.Done;
    }

    /// <summary>The worker's key, and its name.</summary>
    private static (SigningKey? Key, string Name, string? Error) LoadKey(string home)
    {
        var (known, error) = WorkerKey.Load(home, machine: null);
        using (known)
        {
            if (known is null) return (null, HomeRecord.LoadFrom(home)?.Names.LastOrDefault() ?? Environment.MachineName, error);
            var path = WorkerKey.GetKeyPath(home, known.Record.Identity);
            return (SigningKey.FromPem(File.ReadAllText(path)), known.Record.Name, null);
        }
    }

    private static int Fail(VerbCall call, string sentence)
    {
        call.Error.WriteLine(sentence);
        return VerbExit.No;
    }
}
