using System.Text.Json;
using OpenClaw.Protocol.Attempts;
using OpenClaw.TestKit.Processes;
using OpenClaw.Worker.Attempts.Journal;
using OpenClaw.Worker.Processes;
using OpenClaw.Worker.Processes.Supervision;

namespace OpenClaw.Worker.Tests.Attempts.Journal;

public sealed class JournalTests : IDisposable
{
    private static readonly SpawnNote Spawn = new(0, new ProcessIdentity(42, 7, "boot"), true);
    private readonly TemporaryFolder folder = new();
    private readonly StringWriter log = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_was_begun_and_not_ended_is_left_with_all_that_was_noted()
    {
        using (var journal = Open())
        {
            journal.RecordOffer(Offer(1));
            journal.RecordOffer(Offer(2));
            journal.RecordOffer(Offer(3));
            journal.RecordStart("t-2.1");
            Assert.True(journal.RecordSpawn("t-2.1", Spawn));
            journal.RecordEnd("t-1.1");
        }
        using var next = Open();
        Assert.Equal(["t-2.1", "t-3.1"], next.LeftOpen.Select(entry => entry.AttemptId));
        Assert.Equal(("t-2", 1, true), (next.LeftOpen[0].TaskId, next.LeftOpen[0].Attempt, next.LeftOpen[0].Committed));
        Assert.Equal([Spawn], next.LeftOpen[0].Spawns);
        Assert.False(next.LeftOpen[1].Committed);
        Assert.Equal("", log.ToString());
    }

    [Fact]
    public void Of_a_program_noted_twice_the_later_process_counts()
    {
        var other = Spawn with { Process = new ProcessIdentity(43, 8, "boot") };
        using (var journal = Open())
        {
            journal.RecordOffer(Offer(1));
            Assert.True(journal.IsOpen("t-1.1"));
            journal.RecordSpawn("t-1.1", Spawn);
            journal.RecordSpawn("t-1.1", Spawn with { Run = 1 });
            journal.RecordSpawn("t-1.1", other);
            journal.RecordOffer(Offer(2));
            journal.RecordEnd("t-2.1");
            Assert.False(journal.IsOpen("t-2.1"));
        }
        using var next = Open();
        Assert.Equal([Spawn with { Run = 1 }, other], Assert.Single(next.LeftOpen).Spawns);
    }

    [Fact]
    public void A_journal_torn_at_any_byte_is_set_aside_and_every_whole_record_before_counts()
    {
        var whole = Written(out var records);
        for (var length = 1; length < whole.Length; length++)
        {
            var left = Reopened(whole[..length]);
            var before = records.TakeWhile(record => record.End <= length).Select(record => record.Id).ToArray();
            Assert.Equal(before, left);
            // At the border of a record nothing is missing that could be seen.
            Assert.Equal(length != 8 && records.All(record => record.End != length), Corrupt().Length == 1);
        }
    }

    [Fact]
    public void A_flipped_bit_anywhere_is_noticed_and_costs_at_most_the_records_from_there_on()
    {
        var whole = Written(out var records);
        for (var at = 0; at < whole.Length; at++)
        {
            var bytes = whole.ToArray();
            bytes[at] ^= (byte)(1 << (at % 8));
            var left = Reopened(bytes);
            Assert.Single(Corrupt());
            Assert.Contains("is damaged", log.ToString(), StringComparison.Ordinal);
            var before = at < 8 ? [] : records.TakeWhile(record => record.End <= at).Select(record => record.Id).ToArray();
            Assert.Equal(before, left.Take(before.Length));
            Assert.InRange(left.Length, before.Length, Math.Max(before.Length, records.Count - 1));
        }
    }

    [Fact]
    public void Behind_a_record_whose_payload_is_damaged_the_next_ones_count()
    {
        var whole = Written(out var records);
        whole[records[0].End - 1] ^= 1;
        Assert.Equal(records.Skip(1).Select(record => record.Id), Reopened(whole));
    }

    [Fact]
    public void A_version_of_tomorrow_is_set_aside_and_said()
    {
        var whole = Written(out _);
        whole[4] = 2;
        Assert.Empty(Reopened(whole));
        Assert.Contains("version 2", log.ToString(), StringComparison.Ordinal);
        Assert.Single(Corrupt());
    }

    [Fact]
    public void After_damage_the_journal_works_on_and_a_second_one_is_set_aside_beside_the_first()
    {
        for (var time = 1; time <= 2; time++)
        {
            File.WriteAllText(Path.Combine(folder.Path, $"journal-{time * 10}"), "noise");
            using var journal = Open();
            journal.RecordOffer(Offer(time));
        }
        Assert.Equal(["journal.corrupt-1", "journal.corrupt-2"], Corrupt());
        using var last = Open();
        Assert.Equal(["t-1.1", "t-2.1"], last.LeftOpen.Select(entry => entry.AttemptId));
    }

    [Fact]
    public void It_is_written_anew_when_long_and_keeps_what_is_open()
    {
        using (var journal = Open())
        {
            journal.RecordOffer(Offer(0));
            for (var i = 1; i <= 6000; i++)
            {
                journal.RecordStart("t-0.1");
                journal.RecordEnd(FormattableString.Invariant($"none-{i}.{new string('1', 200)}"));
            }
            journal.RecordOffer(Offer(1));
        }
        var segment = Assert.Single(Directory.GetFiles(folder.Path));
        Assert.Equal("journal-2", Path.GetFileName(segment));
        Assert.InRange(new FileInfo(segment).Length, 1, 2000);
        using var next = Open();
        Assert.Equal(["t-0.1", "t-1.1"], next.LeftOpen.Select(entry => entry.AttemptId));
    }

    [Fact]
    public async Task Many_at_once_are_all_on_disk()
    {
        using (var journal = Open())
            await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(() => journal.RecordOffer(Offer(i)))));
        using var next = Open();
        Assert.Equal(50, next.LeftOpen.Count);
    }

    [Fact]
    public void A_journal_whose_file_was_removed_is_made_again_with_what_is_open()
    {
        using (var journal = Open())
        {
            journal.RecordOffer(Offer(1));
            Directory.Delete(folder.Path, recursive: true);
            journal.RecordOffer(Offer(2));
        }
        using var next = Open();
        Assert.Equal(["t-1.1", "t-2.1"], next.LeftOpen.Select(entry => entry.AttemptId));
    }

    [Fact]
    public void The_files_of_the_worker_before_are_read_once()
    {
        File.WriteAllText(Path.Combine(folder.Path, "a.3"), """{"AttemptId":"a.3","TaskId":"a","Attempt":3,"Pid":5,"PidStart":6}""");
        File.WriteAllText(Path.Combine(folder.Path, "b.1"), "{");
        using var journal = Open();
        Assert.Equal([("a", 3), ("b", 1)], journal.LeftOpen.Select(entry => (entry.TaskId, entry.Attempt)).Order());
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    private static Offer Offer(int number) => new()
    {
        AttemptId = FormattableString.Invariant($"t-{number}.1"),
        TaskId = FormattableString.Invariant($"t-{number}"),
        Attempt = 1,
        Kind = "command",
        Payload = JsonElement.Parse("{}"),
        Timeout = 1,
        KillGrace = 1,
    };

    private AttemptJournal Open() => new(folder.Path, new WorkerLog(log, TimeProvider.System));

    private string[] Corrupt() =>
        [.. Directory.GetFiles(folder.Path, "journal.corrupt-*").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    /// <summary>A journal of four offers, and where each one's record ends.</summary>
    private byte[] Written(out List<(string Id, int End)> records)
    {
        records = [];
        using var journal = Open();
        for (var i = 0; i < 4; i++)
        {
            journal.RecordOffer(Offer(i));
            records.Add((Offer(i).AttemptId, (int)new FileInfo(Path.Combine(folder.Path, "journal-1")).Length));
        }
        return File.ReadAllBytes(Path.Combine(folder.Path, "journal-1"));
    }

    private string[] Reopened(byte[] content)
    {
        foreach (var file in Directory.GetFiles(folder.Path))
            File.Delete(file);
        log.GetStringBuilder().Clear();
        File.WriteAllBytes(Path.Combine(folder.Path, "journal-1"), content);
        using var journal = Open();
        return [.. journal.LeftOpen.Select(entry => entry.AttemptId)];
    }
}
