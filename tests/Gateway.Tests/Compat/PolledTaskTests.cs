using System.Text;
using System.Text.Json;
using OpenClaw.Gateway.Compat;
using OpenClaw.GrainInterfaces.Tasks;

namespace OpenClaw.Gateway.Tests.Compat;

public sealed class PolledTaskTests
{
    private static readonly Guid Id = Guid.Parse("0198c0de-0000-7000-8000-000000000001");

    [Theory]
    [InlineData("command", """{"command":"echo \"$HOME\" 😀"}""", """{"id":"ID","command":"echo \"$HOME\" 😀",REST}""")]
    [InlineData("file-write", """{"path":"/a","content":"x\n"}""",
        """{"id":"ID","type":"file-write","path":"/a","content":"x\n","encoding":"utf8",REST}""")]
    [InlineData("file-write", """{"path":"/a","content":"eA==","encoding":"base64"}""",
        """{"id":"ID","type":"file-write","path":"/a","content":"eA==","encoding":"base64",REST}""")]
    [InlineData("file-read", """{"path":"/a"}""",
        """{"id":"ID","type":"file-read","path":"/a",REST}""")]
    [InlineData("file-edit", """{"path":"/a","oldString":"x","newString":"$&","replaceAll":false}""",
        """{"id":"ID","type":"file-edit","path":"/a","oldString":"x","newString":"$&","replaceAll":false,REST}""")]
    [InlineData("claude-cli", """{"prompt":"p","sessionId":"s","callbackChannel":"c"}""",
        """{"id":"ID","type":"claude-cli","prompt":"p","sessionId":"s","callbackChannel":"c",REST}""")]
    public void A_task_looks_as_the_original_s_worker_expects(string kind, string payload, string expected)
    {
        var spec = new TaskSpec { Kind = kind, Payload = Encoding.UTF8.GetBytes(payload), Requires = "" };
        var offer = new OfferReply(Rejection.None, spec, 1, DateTimeOffset.FromUnixTimeMilliseconds(1_767_225_600_000));
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes)) PolledTask.Write(json, (Id, offer));

        var whole = expected.Replace("ID", Id.ToString("D"), StringComparison.Ordinal)
            .Replace("REST", "\"timeout\":30000,\"status\":\"running\",\"createdAt\":1767225600000", StringComparison.Ordinal);
        var written = JsonElement.Parse(bytes.ToArray());

        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(whole), written), written.GetRawText());
    }
}
