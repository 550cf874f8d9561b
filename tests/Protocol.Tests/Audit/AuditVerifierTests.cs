using System.Buffers.Binary;
using OpenClaw.Protocol.Audit;

namespace OpenClaw.Protocol.Tests.Audit;

public sealed class AuditVerifierTests
{
    private const string Chain = "pc-1";

    [Fact]
    public void A_whole_export_has_no_findings_whoever_else_had_heard_of_it()
    {
        var export = Export.Create(seed: 1);
        var verdict = export.Verify(export.Witnesses);
        Assert.Empty(verdict.Findings);
        Assert.Equal((1, export.Links.Count), (verdict.Chains, (int)verdict.Links));
        Assert.True(verdict is { Rows: > 0, Removed: > 0, Withheld: > 0, FirstFormat: > 0, Notes: > 0, NotesRemoved: 0 });
        Assert.True(verdict.FirstFormat < verdict.Rows);
    }

    [Fact]
    public void A_part_that_begins_later_is_verified_from_where_it_begins()
    {
        var export = Export.Create(seed: 2);
        export.CutBeginning(5);
        Assert.Empty(export.Verify(export.Witnesses).Findings);
    }

    /// <summary>The end of link 6 was heard of, and the chain begins behind link 8: 7 and 8 were written since.</summary>
    [Theory]
    [InlineData(1, true)]
    [InlineData(12, true)]
    [InlineData(14, false)]
    [InlineData(20, false)]
    [InlineData(null, false)]
    public void Links_that_are_gone_before_their_time_are_found(int? daysAgo, bool found)
    {
        var (export, now) = (Export.Create(seed: 5), DateTimeOffset.UnixEpoch.AddYears(50));
        var heard = new AuditWitness(Chain, 6, export.Links[5].Hash) { By = "pc-1", At = daysAgo is { } days ? now.AddDays(-days) : null };
        var reached = new AuditWitness(Chain, 8, export.Links[7].Hash) { By = "pc-2", At = now };
        var kept = new AuditKept(now.AddDays(-13), now.AddDays(-6));
        Assert.Empty(export.Verify([heard, reached], kept).Findings);

        export.CutBeginning(8);

        var findings = export.Verify([heard, reached], kept).Findings;
        Assert.Equal(found ? 1 : 0, findings.Count);
        if (found) Assert.Contains("begins behind link 8, and at 2019-12-", findings[0], StringComparison.Ordinal);
        Assert.Empty(export.Verify([heard, reached]).Findings);
    }

    [Theory]
    [InlineData(5, 7, 0, 1)]
    [InlineData(8, 7, 1, 0)]
    [InlineData(8, 30, 0, 1)]
    public void A_note_that_is_gone_before_its_time_is_found_and_an_old_one_is_not(int daysAgo, int keptDays, long removed, int findings)
    {
        var now = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        var export = Export.Create(seed: 6);
        export.ForgetNote(now.AddDays(-daysAgo));
        var verdict = export.Verify([], AuditKept.FromTime(now, TimeSpan.FromDays(keptDays)));
        Assert.Equal((removed, findings), (verdict.NotesRemoved, verdict.Findings.Count));
        if (findings > 0) Assert.Contains("note 25 of 2026-02-", verdict.Findings[0], StringComparison.Ordinal);
    }

    /// <summary>Each change that somebody can make to rows and links, at a random place, many times.</summary>
    [Theory]
    [InlineData("delete a row")]
    [InlineData("edit a row")]
    [InlineData("edit a row and its digest")]
    [InlineData("swap two rows")]
    [InlineData("say that a row is of the first format")]
    [InlineData("say that a row is of another format")]
    [InlineData("change the payload that is stored")]
    [InlineData("change the result that is stored")]
    [InlineData("delete a note")]
    [InlineData("edit a note")]
    [InlineData("put a note in another's place")]
    [InlineData("delete a link")]
    [InlineData("swap two links")]
    [InlineData("repeat a link")]
    [InlineData("cut off the newest link")]
    [InlineData("cut off the newest link and say so")]
    [InlineData("cut off many of the newest and go on")]
    [InlineData("rewrite all links behind a change")]
    [InlineData("rewrite the chain from its first link on")]
    [InlineData("begin the chain later than it did, with another history")]
    [InlineData("say that a task was removed")]
    public void Any_tampering_is_found(string how)
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var (export, random) = (Export.Create(seed), new Random(seed));
            var witnesses = export.Witnesses;
            export.Tamper(how, random);
            Assert.True(export.Verify(witnesses).Findings.Count > 0, $"{how}, seed {seed}");
        }
    }

    [Fact]
    public void Findings_are_told_up_to_a_number()
    {
        var export = Export.Create(seed: 3, links: 400);
        for (var i = 0; i < export.Links.Count; i++) export.Links[i] = export.Links[i] with { Hash = new string('0', 64) };
        Assert.Equal(AuditVerifier.MostFindings + 1, export.Verify([]).Findings.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("zz")]
    public void What_is_no_hash_is_a_finding_and_no_exception(string hash)
    {
        var export = Export.Create(seed: 4);
        export.Links[2] = export.Links[2] with { Hash = hash, Kind = "other" };
        Assert.NotEmpty(export.Verify([]).Findings);
        export.Known = export.Known with { StartHash = hash };
        Assert.NotEmpty(export.Verify([]).Findings);
    }

    [Fact]
    public void Two_rows_that_differ_only_in_where_a_text_ends_have_two_digests()
    {
        var row = new AuditContent(Guid.Empty, 1, default, 1, 1, "a", "bc", "d", "tok", null);
        Assert.NotEqual(AuditDigest.ComputeRow(row), AuditDigest.ComputeRow(row with { Reason = "b", Worker = "cd" }));
        Assert.NotEqual(AuditDigest.ComputeRow(row), AuditDigest.ComputeRow(row with { Address = "" }));
        Assert.Equal(32, AuditDigest.ComputeRow(row with { Reason = new string('x', 5000) }).Length);
    }

    /// <summary>An export in memory, which can be tampered with.</summary>
    private sealed class Export
    {
        public List<AuditLinkView> Links { get; } = [];

        public AuditChainView Known { get; set; } = null!;

        /// <summary>A worker had heard of the last link, and of one in the middle.</summary>
        public AuditWitness[] Witnesses =>
            [.. new[] { Links[^1], Links[Links.Count / 2] }.Select(link => new AuditWitness(link.Chain, link.Link, link.Hash))];

        public static Export Create(int seed, int links = 12)
        {
            var (export, random) = (new Export(), new Random(seed));
            for (var i = 0; i < links; i++)
            {
                var entries = Enumerable.Range(0, random.Next(2, 5)).Select(j => CreateEntry((i * 10) + j, random))
                    .Append(CreateNote((i * 2) + 1, random)).Append(CreateNote((i * 2) + 2, random)).ToArray();
                export.Links.Add(new AuditLinkView { Chain = Chain, Link = i + 1, Kind = "written", Hash = "", Entries = entries });
            }
            var gone = export.Links[0].Entries[0].Number;
            export.Links[0].Entries[0] = export.Links[0].Entries[0] with { Row = null };
            export.Links[1].Entries[0] = export.Links[1].Entries[0] with { Row = null, Withheld = true };
            export.Links.Add(new AuditLinkView
            {
                Chain = Chain, Link = links + 1, Kind = "removed", Hash = "", Entries = [new AuditEntryView { Number = gone }],
            });
            export.RehashFrom(0);
            export.Known = new AuditChainView(Chain, 0, new string('0', 64), export.Links[^1].Link, export.Links[^1].Hash);
            return export;
        }

        /// <summary>One more note, which is not there any more.</summary>
        public void ForgetNote(DateTimeOffset at)
        {
            AddLink(new AuditEntryView { Number = -25, Version = at.UtcTicks, Digest = new string('d', 64) });
            RehashFrom(Links.Count - 1);
            Known = Known with { Link = Links[^1].Link, Hash = Links[^1].Hash };
        }

        public void CutBeginning(int links)
        {
            Known = Known with { Start = links, StartHash = Links[links - 1].Hash };
            Links.RemoveRange(0, links);
        }

        public AuditVerdict Verify(IEnumerable<AuditWitness> witnesses, AuditKept? kept = null)
        {
            var verifier = new AuditVerifier([Known], witnesses, kept);
            foreach (var link in Links) verifier.CheckLink(link);
            return verifier.Conclude();
        }

        public void Tamper(string how, Random random)
        {
            var at = random.Next(2, Links.Count - 2);
            var entries = Links[at].Entries;
            var entry = random.Next(entries.Length - 2);
            var note = entries.Length - 1;
            var proved = Links[3].Entries;
            switch (how)
            {
                case "delete a row":
                    entries[entry] = entries[entry] with { Row = null };
                    break;
                case "edit a row":
                    entries[entry] = entries[entry] with { Row = EditRow(entries[entry].Row!, random) };
                    break;
                case "edit a row and its digest":
                    entries[entry] = WithDigest(entries[entry] with { Row = EditRow(entries[entry].Row!, random) });
                    break;
                case "say that a row is of the first format":
                    proved[0] = proved[0] with { Row = proved[0].Row! with { Format = null, PayloadDigest = null, OutcomeDigest = null } };
                    break;
                case "say that a row is of another format":
                    entries[entry] = entries[entry] with { Row = entries[entry].Row! with { Format = 1 + random.Next(1, 3) * 2 } };
                    break;
                case "change the payload that is stored":
                    proved[0] = proved[0] with { Row = proved[0].Row! with { StoredPayload = new string('e', 64) } };
                    break;
                case "change the result that is stored":
                    proved[0] = proved[0] with { Row = proved[0].Row! with { StoredOutcome = new string('e', 64) } };
                    break;
                case "delete a note":
                    entries[note] = entries[note] with { Note = null };
                    break;
                case "edit a note":
                    entries[note] = entries[note] with { Note = EditNote(entries[note].Note!, random) };
                    break;
                case "put a note in another's place":
                    entries[note] = entries[note] with { Note = entries[note - 1].Note };
                    break;
                case "swap two rows":
                    (entries[0], entries[1]) = (entries[1], entries[0]);
                    break;
                case "delete a link":
                    Links.RemoveAt(at);
                    break;
                case "swap two links":
                    (Links[at], Links[at + 1]) = (Links[at + 1], Links[at]);
                    break;
                case "repeat a link":
                    Links.Insert(at, Links[at]);
                    break;
                case "cut off the newest link":
                    Links.RemoveAt(Links.Count - 1);
                    break;
                case "cut off the newest link and say so":
                    Links.RemoveAt(Links.Count - 1);
                    Known = Known with { Link = Links[^1].Link, Hash = Links[^1].Hash };
                    break;
                case "cut off many of the newest and go on":
                    var last = Links.Count;
                    Links.RemoveRange(at, last - at);
                    for (var i = at; i < last + 3; i++) AddLink(CreateEntry(900 + i, random));
                    RehashFrom(at);
                    Known = Known with { Link = Links[^1].Link, Hash = Links[^1].Hash };
                    break;
                case "rewrite the chain from its first link on":
                    Links[0].Entries[1] = CreateEntry(999, random);
                    RehashFrom(0);
                    Known = Known with { Hash = Links[^1].Hash };
                    break;
                case "begin the chain later than it did, with another history":
                    Links[0].Entries[1] = CreateEntry(999, random);
                    RehashFrom(0);
                    Known = Known with { Hash = Links[^1].Hash };
                    CutBeginning(Links.Count / 2);
                    break;
                case "rewrite all links behind a change":
                    entries[entry] = WithDigest(entries[entry] with { Row = EditRow(entries[entry].Row!, random) });
                    RehashFrom(at);
                    Known = Known with { Hash = Links[^1].Hash };
                    break;
                case "say that a task was removed":
                    Links[^1] = Links[^1] with { Entries = [.. Links[^1].Entries, new AuditEntryView { Number = entries[entry].Number }] };
                    entries[entry] = entries[entry] with { Row = null };
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(how), how, "not known");
            }
        }

        private void AddLink(AuditEntryView entry) => Links.Add(new AuditLinkView
        {
            Chain = Chain, Link = Links.Count + 1, Kind = "written", Hash = "", Entries = [entry],
        });

        private static AuditEntryView CreateEntry(int number, Random random) => WithDigest(new AuditEntryView
        {
            Number = number,
            Version = 1,
            Row = new AuditRowView
            {
                Task = new Guid(number, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
                Version = 1,
                At = DateTimeOffset.UnixEpoch.AddTicks(random.NextInt64(1L << 50)),
                What = "start",
                State = 2,
                Attempt = random.Next(3),
                Reason = random.Next(2) == 0 ? null : "why",
                Worker = "pc",
                TokenId = "tok",
                Address = random.Next(2) == 0 ? null : "127.0.0.1",
                Format = number % 3 == 2 ? null : 2,
                PayloadDigest = number % 3 == 2 ? null : new string('a', 64),
                ExitCode = number % 3 == 0 ? 3 : null,
                OutcomeDigest = number % 3 == 0 ? new string('b', 64) : null,
                StoredPayload = number % 3 == 2 ? null : new string('a', 64),
            },
        });

        private static AuditEntryView CreateNote(int number, Random random)
        {
            var note = new AuditNoteView
            {
                Number = number, At = DateTimeOffset.UnixEpoch.AddTicks(random.NextInt64(1L << 50)), What = "token-made", TokenId = "tok",
                Detail = random.Next(2) == 0 ? null : "more", Address = random.Next(2) == 0 ? null : "127.0.0.1",
                Task = random.Next(2) == 0 ? null : new Guid(number, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
            };
            var digest = AuditDigest.ComputeNote(
                new NoteContent(note.At, note.What, note.TokenId, note.Address, note.Task, note.Detail));
            return new AuditEntryView
            {
                Number = -number, Version = note.At.UtcTicks, Digest = Convert.ToHexStringLower(digest), Note = note,
            };
        }

        private static AuditNoteView EditNote(AuditNoteView note, Random random) => random.Next(7) switch
        {
            0 => note with { Number = note.Number + 1 },
            1 => note with { At = note.At.AddTicks(1) },
            2 => note with { What = "token-revoked" },
            3 => note with { TokenId = "other" },
            4 => note with { Address = note.Address is null ? "" : null },
            5 => note with { Task = note.Task is null ? Guid.Empty : null },
            _ => note with { Detail = note.Detail is null ? "" : null },
        };

        private static AuditRowView EditRow(AuditRowView row, Random random) => random.Next(11) switch
        {
            0 => row with { Task = Guid.NewGuid() },
            1 => row with { At = row.At.AddTicks(1) },
            2 => row with { What = "result" },
            3 => row with { State = row.State + 1 },
            4 => row with { Attempt = row.Attempt + 1 },
            5 => row with { Reason = row.Reason is null ? "" : null },
            6 => row with { TokenId = "other" },
            7 => row with { PayloadDigest = row.PayloadDigest is null ? new string('c', 64) : null },
            8 => row with { ExitCode = row.ExitCode is null ? 0 : null },
            9 => row with { OutcomeDigest = row.OutcomeDigest is null ? new string('c', 64) : new string('0', 64) },
            _ => row with { Address = "10.0.0.1" },
        };

        private static AuditEntryView WithDigest(AuditEntryView entry)
        {
            var row = entry.Row!;
            var content = new AuditContent(
                row.Task, row.Version, row.At, row.State, row.Attempt, row.What, row.Reason, row.Worker, row.TokenId, row.Address)
            {
                Proof = row.Format is null ? null
                    : new AuditProof(ParseHash(row.PayloadDigest), row.ExitCode, ParseHash(row.OutcomeDigest)),
            };
            return entry with { Digest = Convert.ToHexStringLower(AuditDigest.ComputeRow(content)) };
        }

        private static byte[]? ParseHash(string? hex) => hex is null ? null : Convert.FromHexString(hex);

        private void RehashFrom(int first)
        {
            var hash = first == 0 ? AuditDigest.Start : Convert.FromHexString(Links[first - 1].Hash);
            for (var i = first; i < Links.Count; i++)
            {
                var kind = Links[i].Kind == "written" ? AuditLinkKind.Written : AuditLinkKind.Removed;
                hash = AuditDigest.ComputeLink(hash, kind, Links[i].Link, [.. Links[i].Entries.SelectMany(EncodeEntry)]);
                Links[i] = Links[i] with { Hash = Convert.ToHexStringLower(hash) };
            }
        }

        private static byte[] EncodeEntry(AuditEntryView entry)
        {
            var bytes = new byte[entry.Version is null ? 8 : 16];
            BinaryPrimitives.WriteInt64BigEndian(bytes, entry.Number);
            if (entry.Version is not { } version) return bytes;
            BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(8), version);
            return [.. bytes, .. Convert.FromHexString(entry.Digest!)];
        }
    }
}
