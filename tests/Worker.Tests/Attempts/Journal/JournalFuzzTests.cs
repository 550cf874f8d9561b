using System.Text;
using CsCheck;
using OpenClaw.Protocol.Attempts;
using OpenClaw.TestKit.Processes;
using OpenClaw.Worker.Attempts;
using OpenClaw.Worker.Attempts.Journal;
using OpenClaw.Worker.Processes;
using OpenClaw.Worker.Processes.Records;

namespace OpenClaw.Worker.Tests.Attempts.Journal;

/// <summary>Whatever became of the journal's bytes: more of it with <c>CsCheck_Iter</c>.</summary>
public sealed class JournalFuzzTests
{
    private static readonly long Cases = Environment.GetEnvironmentVariable("CsCheck_Iter") is null ? 150 : -1;
    private static readonly string[] Payloads =
    [
        "", "{", "{}", "null", "[]", "7", "{\"AttemptId\":null}", "{\"AttemptId\":\"\"}", "{\"AttemptId\":\"../../x\"}",
        "{\"AttemptId\":\"g/..\"}",
        "{\"AttemptId\":\"g-1.1\",\"TaskId\":null}", "{\"AttemptId\":\"g-1.1\",\"Attempt\":1e99}", "{\"AttemptId\":\"\\ud800\"}",
        "{\"AttemptId\":\"g-1.1\",\"Spawn\":{}}", "{\"AttemptId\":\"g-1.1\",\"Spawn\":{\"Run\":-7,\"Process\":null}}", "\u00ff\u0000",
        "{\"AttemptId\":\"g-1.1\",\"Spawn\":{\"Process\":{\"Pid\":-1,\"Boot\":null},\"Supervised\":true}}",
        "{\"AttemptId\":\"g-1.1\",\"AttemptId\":\"g-2.1\",\"Unknown\":{\"a\":[1]}}",
    ];

    [Fact]
    public void It_opens_tells_what_is_whole_forgets_nothing_that_began_and_works_on() =>
        Gen.Int.Sample(seed => CheckDamaged(new Random(seed)), iter: Cases, threads: 1);

    [Fact]
    public void A_file_of_the_worker_before_may_say_anything() => Gen.Int.Sample(seed =>
    {
        var random = new Random(seed);
        using var folder = new TemporaryFolder();
        var names = Enumerable.Range(0, 5).Select(n => $"old-{n}.{random.Next(-2, 3)}").ToList();
        foreach (var name in names) File.WriteAllText(folder.File(name), Choose(random, Payloads));
        using var journal = Open(folder, out _);
        Assert.All(journal.LeftOpen, entry => Assert.True(IsUsable(entry), entry.ToString()));
        Assert.Empty(Directory.GetFiles(folder.Path, "old-*"));
    }, iter: Cases < 0 ? Cases : Cases / 3, threads: 1);

    private static void CheckDamaged(Random random)
    {
        using var folder = new TemporaryFolder();
        var records = Enumerable.Range(0, random.Next(1, 25)).Select(_ => MakeRecord(random)).ToList();
        var (bytes, whole, behind) = Damage(records, random);
        File.WriteAllBytes(folder.File("journal-1"), bytes);
        IReadOnlyList<JournalEntry> left;
        using (var journal = Open(folder, out var log))
        {
            left = journal.LeftOpen;
            Assert.All(left, entry => Assert.True(IsUsable(entry), entry.ToString()));
            // What stands behind a place from which on nothing is sure may have been read as well.
            foreach (var entry in JournalEntry.FromRecords(whole).Where(entry => behind.TrueForAll(r => r.AttemptId != entry.AttemptId)))
                Assert.Equal(Describe(entry), Describe(left.Single(one => one.AttemptId == entry.AttemptId)));
            if (behind.Count == 0)
                Assert.Equal(JournalEntry.FromRecords(whole).Select(Describe), left.Where(e => e.AttemptId[0] == 't').Select(Describe));
            var isSaid = log().Contains("is damaged", StringComparison.Ordinal);
            Assert.Equal(isSaid ? 1 : 0, Directory.GetFiles(folder.Path, "journal.corrupt-*").Length);
            Assert.All(left, entry => CheckStep(entry, random));
            journal.RecordOffer(new Offer
            {
                AttemptId = "new.1", TaskId = "new", Attempt = 1, Kind = "command", Payload = System.Text.Json.JsonElement.Parse("{}"),
                Timeout = 1, KillGrace = 1,
            });
        }
        using var next = Open(folder, out var said);
        Assert.Equal([.. left.Select(Describe), "new.1 new 1 False "], next.LeftOpen.Select(Describe));
        Assert.Equal("", said());
    }

    /// <summary>Nothing of an attempt is run again: it is followed only where each of its programs lives or has left its end.</summary>
    private static void CheckStep(JournalEntry entry, Random random)
    {
        var runs = Enumerable.Range(0, random.Next(4)).Select(_ => new RunFinding(random.Next(2) == 0, random.Next(2) == 0)).ToList();
        if (Recovery.DecideStep(entry, new RecoveryFindings(false, random.Next(2) == 0, runs)) != RecoveryStep.Reattach) return;
        Assert.All(entry.Spawns, spawn => Assert.True(spawn.Supervised));
        Assert.All(runs.Take(Math.Max(1, entry.Spawns.Count)), run => Assert.True(run.SupervisorLives || run.EndKept));
    }

    /// <summary>The bytes; the records that must count; those that may, behind a place from which on nothing is sure.</summary>
    private static (byte[] Bytes, List<JournalRecord> Whole, List<JournalRecord> Behind) Damage(List<JournalRecord> records, Random random)
    {
        var (bytes, whole, behind) = (new List<byte>(RecordCodec.EncodeHeader(JournalFiles.Kind, JournalFiles.Version)),
            new List<JournalRecord>(), new List<JournalRecord>());
        var (damage, isSure) = (random.Next(6), true);
        var at = random.Next(records.Count);
        for (var i = 0; i < records.Count; i++)
        {
            var record = records[i].ToBytes();
            if (i == at && damage == 1) // Bits of what the checksum is of, or of itself.
                for (var flips = random.Next(1, 4); flips > 0; flips--)
                    record[random.Next(4, record.Length)] ^= (byte)(1 << random.Next(8));
            if (i == at && damage == 2) // A record that another build may have written.
                bytes.AddRange(RecordCodec.Encode((byte)random.Next(256), Encode(Choose(random, Payloads))));
            if (i == at && damage == 3) // The length, noise, or the end of everything.
                record[random.Next(4)] ^= (byte)(1 << random.Next(8));
            if (i == at && damage == 4) random.NextBytes(record);
            if (i == at && damage == 5) record = record[..random.Next(record.Length)];
            var isWhole = record.AsSpan().SequenceEqual(records[i].ToBytes());
            isSure &= isWhole || damage < 3;
            bytes.AddRange(record);
            if (!isWhole && damage == 5) return ([.. bytes], whole, []);
            if (isSure && isWhole) whole.Add(records[i]);
            else if (!isSure) behind.Add(records[i]);
        }
        return ([.. bytes], whole, behind);
    }

    private static JournalRecord MakeRecord(Random random)
    {
        var id = $"t-{random.Next(5)}";
        return random.Next(5) switch
        {
            0 or 1 => new(JournalStep.Asked, id + ".1") { TaskId = id, Attempt = 1 },
            2 => new(JournalStep.Committed, id + ".1"),
            3 => new(JournalStep.Ended, id + ".1"),
            _ => new(JournalStep.Spawned, id + ".1")
            {
                Spawn = new(random.Next(3), new ProcessIdentity(random.Next(1, 99), 7, "boot"), random.Next(4) > 0),
            },
        };
    }

    /// <summary>The id becomes the name of a folder that is removed.</summary>
    private static bool IsUsable(JournalEntry entry) => AttemptName.IsSafe(entry.AttemptId) && entry.TaskId is not null
        && entry.Spawns.All(spawn => spawn.Process is not null && !spawn.Process.IsLive());

    private static string Describe(JournalEntry entry) =>
        $"{entry.AttemptId} {entry.TaskId} {entry.Attempt} {entry.Committed} {string.Join(',', entry.Spawns)}";

    private static AttemptJournal Open(TemporaryFolder folder, out Func<string> log)
    {
        var writer = new StringWriter();
        log = writer.ToString;
        return new AttemptJournal(folder.Path, new WorkerLog(writer, TimeProvider.System));
    }

    private static byte[] Encode(string payload) => Encoding.Latin1.GetBytes(payload);

    private static T Choose<T>(Random random, IReadOnlyList<T> from) => from[random.Next(from.Count)];
}
