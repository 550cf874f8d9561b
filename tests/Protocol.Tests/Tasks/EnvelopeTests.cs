using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Tasks;

namespace OpenClaw.Protocol.Tests.Tasks;

public sealed class EnvelopeTests
{
    public static TheoryData<SubmitTask, string?> Ranges => new()
    {
        { new() { Timeout = 0 }, "timeout" },
        { new() { Timeout = -1 }, "timeout" },
        { new() { Timeout = 1 }, null },
        { new() { Timeout = 604_800_000 }, null },
        { new() { Timeout = 604_800_001 }, "timeout" },
        { new() { StartWithin = 0 }, "startWithin" },
        { new() { StartWithin = 2_592_000_000 }, null },
        { new() { StartWithin = 2_592_000_001 }, "startWithin" },
        { new() { MaxAttempts = 0 }, "maxAttempts" },
        { new() { MaxAttempts = 100 }, null },
        { new() { MaxAttempts = 101 }, "maxAttempts" },
        { new() { KillGrace = -1 }, "killGrace" },
        { new() { KillGrace = 0 }, null },
        { new() { KillGrace = 300_001 }, "killGrace" },
        { new() { Silence = 999 }, "silence" },
        { new() { Silence = 1000 }, null },
        { new() { Priority = -1 }, "priority" },
        { new() { Priority = 9 }, null },
        { new() { Priority = 10 }, "priority" },
        { new() { Wait = -1 }, "wait" },
        { new() { Wait = long.MaxValue }, null },
        { new() { Worker = "studio-2" }, null },
        { new() { Worker = "" }, "worker" },
        { new() { Worker = "-a" }, "worker" },
        { new() { Worker = "Studio" }, "worker" },
        { new() { Worker = new string('a', 63) }, null },
        { new() { Worker = new string('a', 64) }, "worker" },
        { new() { Labels = ["gpu", "os:linux", "arch:arm64"] }, null },
        { new() { Labels = ["worker:studio"] }, "labels[0]" },
        { new() { Labels = ["protocol:2"] }, "labels[0]" },
        { new() { Labels = ["kind:command"] }, "labels[0]" },
        { new() { Labels = ["os:"] }, "labels[0]" },
        { new() { Labels = ["a,b"] }, "labels[0]" },
        { new() { Labels = [null!] }, "labels[0]" },
        { new() { Labels = [.. Enumerable.Range(0, 33).Select(i => $"l{i}")] }, "labels" },
        { new() { ConcurrencyKey = "backup of /home/ä" }, null },
        { new() { ConcurrencyKey = "" }, "concurrencyKey" },
        { new() { ConcurrencyKey = "a\nb" }, "concurrencyKey" },
        { new() { ConcurrencyKey = "a\u202eb" }, "concurrencyKey" },
        { new() { ConcurrencyKey = "a\u200bb" }, "concurrencyKey" },
        { new() { ConcurrencyKey = new string('k', 201) }, "concurrencyKey" },
        { new() { Tags = new() { ["who"] = "me\nyou" } }, null },
        { new() { Tags = new() { ["w\u200bho"] = "me" } }, "tags.w\u200bho" },
        { new() { Tags = new() { [""] = "me" } }, "tags." },
        { new() { Tags = new() { ["who"] = "\0" } }, "tags.who" },
        { new() { Tags = new() { ["who"] = new string('x', 1025) } }, "tags.who" },
        { new() { Tags = new() { [new string('k', 65)] = "x" } }, "tags." + new string('k', 65) },
        { new() { Tags = Enumerable.Range(0, 33).ToDictionary(i => $"k{i}", i => "v") }, "tags" },
    };

    [Theory]
    [MemberData(nameof(Ranges))]
    public void Each_field_has_its_range(SubmitTask submit, string? field)
    {
        var errors = new FieldErrors();
        submit.ValidateEnvelope(errors);

        Assert.Equal(field is null ? [] : [field], errors.ToArray().Select(e => e.Field));
    }

    [Theory]
    [InlineData("k", true)]
    [InlineData("0b0c-~ !", true)]
    [InlineData("", false)]
    [InlineData("a\tb", false)]
    [InlineData("ä", false)]
    public void An_idempotency_key_is_printable_ascii(string key, bool fine)
    {
        var errors = new FieldErrors();
        Envelope.ValidateIdempotencyKey(key, errors);
        Envelope.ValidateIdempotencyKey(null, errors);

        Assert.Equal(fine, !errors.Any);
    }
}
