using System.Text.Json;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Protocol.Tasks;

namespace OpenClaw.Protocol.Tests.Tasks;

/// <summary>Megabytes of text go through without memory of many times their size, and are the same on the wire.</summary>
public sealed class LongTextConverterTests
{
    private const int Piece = 8 * 1024 * 1024;

    [Theory]
    [InlineData(0), InlineData(1), InlineData(16 * 1024 - 1), InlineData(16 * 1024), InlineData(16 * 1024 + 1), InlineData(100_000)]
    public void A_text_of_any_length_is_written_as_the_serializer_writes_it(int length)
    {
        // Two characters for one: somewhere a pair lies across the end of a segment.
        var text = string.Concat(Enumerable.Repeat("a+\"\ud83d\ude00<\u0000\n\u00e9b", length / 5 + 1))[..length];
        if (text.Length > 0 && char.IsHighSurrogate(text[^1])) text = text[..^1];
        var json = JsonSerializer.SerializeToUtf8Bytes(
            new TaskView { TaskId = "t", Status = "succeeded", State = "succeeded", Kind = "command", Stdout = text },
            ProtocolJson.Default.TaskView);
        var texts = (System.Text.Json.Serialization.Metadata.JsonTypeInfo<string>)ProtocolJson.Default.Options.GetTypeInfo(typeof(string));
        Assert.Equal(JsonSerializer.Serialize(text, texts), JsonElement.Parse(json).GetProperty("stdout").GetRawText());
        Assert.Equal(text, JsonSerializer.Deserialize(json, ProtocolJson.Default.TaskView)!.Stdout);
    }

    [Fact]
    public void A_piece_of_a_file_is_sealed_in_a_few_times_its_size()
    {
        var payload = new FileUploadPayload
        {
            Path = "/a", Upload = "u", Offset = 0, PieceSha256 = new string('0', 64),
            Content = Convert.ToBase64String(Enumerable.Repeat((byte)0xfb, Piece).ToArray()),
        };
        var before = GC.GetAllocatedBytesForCurrentThread();
        var sealedPayload = PayloadCatalog.SealPayload(Kinds.FileUpload, payload);
        var took = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.InRange(took, sealedPayload.Json.Length, 5L * sealedPayload.Json.Length);
        Assert.Equal(payload, JsonSerializer.Deserialize(sealedPayload.Json, ProtocolJson.Default.FileUploadPayload));
    }

    [Fact]
    public void What_a_worker_is_offered_is_passed_on_byte_for_byte()
    {
        const string Payload = """{ "content" : "a\u002b+\/<", "n": 1.0e2 }""";
        var offer = new Offer
        {
            AttemptId = "a", TaskId = "t", Attempt = 1, Kind = "k", Timeout = 1, KillGrace = 1, Payload = JsonElement.Parse(Payload),
        };
        var json = JsonSerializer.Serialize(offer, ProtocolJson.Default.Offer);
        Assert.Contains(Payload, json, StringComparison.Ordinal);
        Assert.Equal(Payload, JsonSerializer.Deserialize(json, ProtocolJson.Default.Offer)!.Payload.GetRawText());
        // One that is to be fetched is not there: null would be a payload.
        var fetched = JsonSerializer.Serialize(offer with { Payload = default }, ProtocolJson.Default.Offer);
        Assert.DoesNotContain("payload", fetched, StringComparison.Ordinal);
    }
}
