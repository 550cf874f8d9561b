using System.Text.Json;
using OpenClaw.Gateway.Tasks;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Tasks;

namespace OpenClaw.Gateway.Tests.Tasks;

public sealed class TaskSpecsTests
{
    [Theory]
    [InlineData("""{"command":"ls"}""", "kind:command")]
    [InlineData("""{"command":"ls","labels":[]}""", "kind:command")]
    [InlineData("""{"command":"ls","worker":"studio"}""", "kind:command,worker:studio")]
    [InlineData("""{"command":"ls","labels":["gpu","gpu","arch:arm64"]}""", "arch:arm64,gpu,kind:command")]
    [InlineData("""{"command":"ls","silence":1000}""", "kind:command,protocol:2")]
    [InlineData("""{"argv":["ls"]}""", "kind:command,protocol:2")]
    [InlineData("""{"kind":"backup","worker":"studio"}""", "kind:backup,protocol:2,worker:studio")]
    [InlineData("""{"command":"ls","maxAttempts":3,"killGrace":0,"priority":9}""", "kind:command")]
    public void What_a_worker_must_offer_follows_from_the_request(string json, string requires) =>
        Assert.Equal(requires, Spec(json).Requires);

    [Fact]
    public void What_is_left_out_has_the_original_defaults()
    {
        var spec = Spec("""{"command":"ls"}""");

        Assert.Equal((TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(15), TimeSpan.FromSeconds(10), 1, 0),
            (spec.Timeout, spec.StartWithin, spec.KillGrace, spec.MaxAttempts, spec.Priority));
        Assert.Null(spec.Silence);
        Assert.Null(spec.ConcurrencyKey);
    }

    [Theory]
    [InlineData("""{"command":"ls"}""", false)]
    [InlineData("""{"command":"ls","maxAttempts":2}""", true)]
    [InlineData("""{"command":"ls","concurrencyKey":"backup"}""", true)]
    public void An_offer_ends_with_its_lease_where_something_else_may_take_its_place(string json, bool ends) =>
        Assert.Equal(ends, TaskSpecs.ToOffer(Guid.NewGuid(), 1, Spec(json), fetches: false).EndsWithLease);

    [Fact]
    public void Turns_of_a_conversation_share_a_key()
    {
        var submit = new SubmitTurn { Prompt = "hi", SessionId = "abcd" };
        var spec =
            TaskSpecs.CreateSpec(submit, submit.ToValidatedSubmit(Protocol.Payloads.Agents.Codex, "unused", new FieldErrors())!, "default");

        Assert.Equal(("session:codex:abcd", "codex:abcd", TimeSpan.FromMinutes(2)), (spec.ConcurrencyKey, spec.Session, spec.Timeout));
        Assert.False(spec.EndsWithLease, "The next turn is for the same PC: a laptop that sleeps ends no turn.");
    }

    [Theory]
    [InlineData("""{"command":"ls"}""", """ { "command" : "ls", "wait": 5000 } """, true)]
    [InlineData("""{"command":"ls"}""", """{"command":"ls\u0020"}""", false)]
    [InlineData("""{"command":"é"}""", """{"command":"\u00e9"}""", true)]
    [InlineData("""{"command":"ls"}""", """{"command":"ls","timeout":30000}""", false)]
    [InlineData("""{"kind":"b","payload":{"a":[1, 2]}}""", """{"payload":{"a":[1,2]},"kind":"b"}""", true)]
    public void The_digest_tells_what_was_asked_for_and_not_how_it_was_spelt(string one, string other, bool same) =>
        Assert.Equal(same, Digest(Routes.Tasks, one).AsSpan().SequenceEqual(Digest(Routes.Tasks, other)));

    [Theory]
    [InlineData(1), InlineData(20_000), InlineData(2_000_000)]
    public void The_digest_of_a_request_of_any_size_is_the_one_that_older_rows_have(int length)
    {
        var submit = new SubmitFileWrite { Path = "/a", Content = new string('+', length), Encoding = "base64", Wait = 5 };
        byte[] hashed = [.. "/files/write\n"u8,
            .. JsonSerializer.SerializeToUtf8Bytes(submit with { Wait = null }, ProtocolJson.Default.SubmitFileWrite)];

        Assert.Equal(System.Security.Cryptography.SHA256.HashData(hashed),
            TaskSpecs.ComputeDigest(Routes.FileWrite, submit, ProtocolJson.Default.SubmitFileWrite));
    }

    [Fact]
    public void The_digest_knows_the_route() =>
        Assert.NotEqual(Digest(Routes.Tasks, """{"command":"ls"}"""), Digest("/other", """{"command":"ls"}"""));

    [Fact]
    public void A_key_decides_the_id()
    {
        var id = TaskIds.FromKey("default", "k1");

        Assert.Equal(id, TaskIds.FromKey("default", "k1"));
        Assert.NotEqual(id, TaskIds.FromKey("default", "k2"));
        Assert.NotEqual(id, TaskIds.FromKey("other", "k1"));
        Assert.Equal((8, '8'), (id.Version, id.ToString("D")[14]));
        Assert.Contains(id.ToString("D")[19], "89ab");
    }

    [Theory]
    [InlineData("0198c0de-0000-7000-8000-000000000001", true)]
    [InlineData("0198c0de00007000800000000000000a", false)]
    [InlineData("{0198c0de-0000-7000-8000-00000000000}", false)]
    [InlineData("..%2f", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void An_id_has_one_form(string? text, bool fine) => Assert.Equal(fine, TaskIds.TryParse(text, out _));

    [Theory]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", true)]
    [InlineData("00-00000000000000000000000000000000-b7ad6b7169203331-01", false)]
    [InlineData("no trace", false)]
    [InlineData(null, false)]
    public void Only_a_real_trace_is_passed_on(string? header, bool kept) =>
        Assert.Equal(kept ? header : null, TaskSpecs.ParseTrace(header));

    private static byte[] Digest(string route, string json) => TaskSpecs.ComputeDigest(route, Read(json), ProtocolJson.Default.SubmitTask);

    private static TaskSpec Spec(string json)
    {
        var submit = Read(json);
        return TaskSpecs.CreateSpec(submit, submit.ToValidatedSubmit(new FieldErrors())!, "default");
    }

    private static SubmitTask Read(string json) => JsonSerializer.Deserialize(json, ProtocolJson.Default.SubmitTask)!;
}
