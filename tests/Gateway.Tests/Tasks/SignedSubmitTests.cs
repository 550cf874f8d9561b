using System.Net;
using System.Text.Json;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Signing;

namespace OpenClaw.Gateway.Tests.Tasks;

/// <summary>What a client signed goes to the worker as it came; the gateway looks at its form alone.</summary>
public sealed class SignedSubmitTests(LiveGateway gateway) : IClassFixture<LiveGateway>
{
    private static readonly SigningKey Key = SigningKey.Generate();

    [Fact]
    public async Task What_was_signed_is_all_that_a_submit_needs_and_reaches_the_worker_unchanged()
    {
        var worker = await SessionWorker.Open(gateway);
        var signed = Key.SignStatement(Statement(worker.Name));
        var sent = JsonSerializer.Serialize(signed, ProtocolJson.Default.SignedTask);

        var first = await gateway.Client.Post("/tasks", $$"""{"signed":{{sent}}}""");
        var again = await gateway.Client.Post("/tasks", $$"""{"signed":{{sent}},"wait":0}""");
        var offer = await worker.NextOffer();

        Assert.Equal(HttpStatusCode.OK, first.Status);
        Assert.Equal(first.Body.Text("taskId"), again.Body.Text("taskId"));
        Assert.Equal(first.Body.Text("taskId"), offer.TaskId);
        var received = offer.Signed!.Value.Deserialize(ProtocolJson.Default.SignedTask)!;
        Assert.Equal((signed.Payload, signed.Signatures[0]), (received.Payload, received.Signatures[0]));
        Assert.Equal(("command", 5000L, "id"), (offer.Kind, offer.Timeout, offer.Payload.GetProperty("command").GetString()));
    }

    public static TheoryData<string, string> Forms()
    {
        var good = Key.SignStatement(Statement("studio"));
        string Format(SignedTask signed, string more = "") =>
            $$"""{"signed":{{JsonSerializer.Serialize(signed, ProtocolJson.Default.SignedTask)}}{{more}}}""";
        return new()
        {
            { """{"signed":{}}""", "signed" },
            { """{"signed":{"payloadType":"x","payload":"","signatures":[],"more":1}}""", "signed.more" },
            { Format(good with { PayloadType = "text/plain" }), "signed.payloadType" },
            { Format(good with { Payload = "%" }), "signed.payload" },
            { Format(good with { Payload = Convert.ToBase64String(new byte[Limits.SignedStatement + 1]) }), "signed.payload" },
            { Format(good with { Signatures = [] }), "signed.signatures" },
            { Format(good with { Signatures = [good.Signatures[0] with { Keyid = "laptop" }] }), "signed.signatures[0].keyid" },
            { Format(good with { Signatures = [good.Signatures[0] with { Sig = "AAAA" }] }), "signed.signatures[0].sig" },
            { Format(Key.SignBytes("[]"u8.ToArray())), "signed.payload" },
            { Format(Key.SignStatement(Statement("studio") with { Timeout = 0 })), "signed.payload.timeout" },
            { Format(Key.SignStatement(Statement("studio") with { Tenant = "other" })), "signed.payload.tenant" },
            { Format(good, ""","worker":"other" """), "worker" },
            { Format(good, ""","timeout":7"""), "timeout" },
            { Format(good, ""","command":"rm" """), "command" },
        };
    }

    [Theory, MemberData(nameof(Forms))]
    public async Task What_can_not_be_right_is_400_with_the_place(string body, string field)
    {
        var answer = await gateway.Client.Post("/tasks", body);

        Assert.Equal((HttpStatusCode.BadRequest, "urn:openclaw:invalid-request"), (answer.Status, answer.Body.Text("type")));
        if (answer.Body.TryGetProperty("errors", out var errors))
            Assert.Contains(
                errors.EnumerateArray(), error => error.GetProperty("field").GetString()!.StartsWith(field, StringComparison.Ordinal));
        else
            Assert.Contains(field, answer.Body.Text("detail"), StringComparison.Ordinal);
    }

    private static TaskStatement Statement(string worker) => new()
    {
        Id = Guid.NewGuid().ToString("N"),
        Worker = worker,
        Kind = "command",
        Payload = JsonElement.Parse("""{"command":"id"}"""),
        Timeout = 5000,
        ExpiresAt = TimeProvider.System.GetUtcNow().AddHours(1).ToUnixTimeMilliseconds(),
    };
}
