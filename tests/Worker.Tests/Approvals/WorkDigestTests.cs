using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Approvals;

namespace OpenClaw.Worker.Tests.Approvals;

public sealed class WorkDigestTests
{
    [Fact]
    public void It_is_over_the_parts_with_their_lengths_before_them()
    {
        string[] parts = ["openclaw-approval-1", "studio", "command", """{"command":"id"}""", "/home/me"];
        var bytes = parts.SelectMany(part => (byte[])[0, 0, 0, 0, 0, 0, 0, (byte)part.Length, .. Encoding.UTF8.GetBytes(part)]).ToArray();

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)),
            WorkDigest.ComputeHash(Offer("""{"command":"id"}"""), "studio", "/home/me"));
    }

    [Theory]
    [InlineData("""{"command":"id "}""", "command", "studio", "/home/me")]
    [InlineData("""{ "command":"id"}""", "command", "studio", "/home/me")]
    [InlineData("""{"command":"\u0069d"}""", "command", "studio", "/home/me")]
    [InlineData("""{"command":"id","cwd":"/"}""", "command", "studio", "/home/me")]
    [InlineData("""{"command":"id","env":{"A":"b"}}""", "command", "studio", "/home/me")]
    [InlineData("""{"command":"id"}""", "commands", "studio", "/home/me")]
    [InlineData("""{"command":"id"}""", "command", "studi", "o/home/me")]
    [InlineData("""{"command":"id"}""", "command", "studio", "/home/you")]
    public void Whatever_decides_what_runs_changes_it(string payload, string kind, string worker, string folder) => Assert.NotEqual(
        WorkDigest.ComputeHash(Offer("""{"command":"id"}"""), "studio", "/home/me"),
            WorkDigest.ComputeHash(Offer(payload, kind), worker, folder));

    [Fact]
    public void An_offer_that_was_kept_over_a_restart_has_the_same_digest_however_its_text_was_escaped()
    {
        var folder = Directory.CreateTempSubdirectory("openclaw-approvals-");
        var offer = Offer("""{ "command" : "echo \u00e9 é \/ \u003c <" }""");
        var store = new WaitingOffers(folder.FullName);
        store.Save(WaitingOffer.FromPending(new PendingApproval(offer, ["commands.ask[0]"], "why", "digest", DateTimeOffset.UnixEpoch)));

        var found = Assert.Single(store.LoadAll());

        Assert.Equal(WorkDigest.ComputeHash(offer, "w", "/"), WorkDigest.ComputeHash(found.Offer, "w", "/"));
        Assert.Equal(("commands.ask[0]", "why", offer.AttemptId, 7L),
            (found.Rule, found.Sentence, found.Offer.AttemptId, found.Offer.KillGrace));
        store.Remove(offer.AttemptId);
        Assert.Empty(store.LoadAll());
        folder.Delete(recursive: true);
    }

    [Fact]
    public void A_kept_offer_that_is_torn_or_lies_about_its_name_is_dropped()
    {
        var folder = Directory.CreateTempSubdirectory("openclaw-approvals-");
        var store = new WaitingOffers(folder.FullName);
        store.Save(WaitingOffer.FromPending(new PendingApproval(Offer("{}"), ["r"], "", "digest", DateTimeOffset.UnixEpoch)));
        var whole = File.ReadAllText(Directory.GetFiles(folder.FullName).Single());
        File.WriteAllText(Path.Combine(folder.FullName, "other.1.json"), whole);
        File.WriteAllText(Path.Combine(folder.FullName, "torn.1.json"), whole[..40]);

        Assert.Equal("t.1", Assert.Single(store.LoadAll()).Offer.AttemptId);
        Assert.Single(Directory.GetFiles(folder.FullName));
        folder.Delete(recursive: true);
    }

    [Fact]
    public void What_is_shown_can_neither_hide_nor_turn_nor_move_anything()
    {
        Assert.Equal("rm \\u{202e}fdp.sh\\n\\u{1b}[2J\\u{200b}é 日本", TerminalEscaper.Escape("rm \u202efdp.sh\n\u001b[2J\u200bé 日本"));
        Assert.Equal("[git] [push] [a b]\n    cwd: ~/x\\u{7}",
            TerminalEscaper.DescribeOffer(Offer("""{"argv":["git","push","a b"],"cwd":"~/x\u0007"}""")));
        Assert.Equal("""{"path":"/x"}""", TerminalEscaper.DescribeOffer(Offer("""{"path":"/x"}""", "file-read")));
    }

    internal static Offer Offer(string payload, string kind = "command") => new()
    {
        AttemptId = "t.1", TaskId = "t", Attempt = 1, Kind = kind, Payload = JsonElement.Parse(payload), Timeout = 1000, KillGrace = 7,
    };
}
