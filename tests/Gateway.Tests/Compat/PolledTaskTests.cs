using System.Text;
using System.Text.Json;
using OpenClaw.Gateway.Compat;
using OpenClaw.GrainInterfaces.Tasks;

namespace OpenClaw.Gateway.Tests.Compat;

public sealed class PolledTaskTests
{
    private static readonly Guid Id = Guid.Parse("0198c0de-0000-7000-8000-000000000001");

    [Theory]
    [InlineData("command", """{"command":"echo \"$HOME\" 😀"}""", """{"id":"ID","command":"echo \"$HOME\" 😀","timeout":30000,"status":"running","createdAt":1767225600000}""")]
    [InlineData("file-write", """{"path":"/a","content":"x\n"}""",
        """{"id":"ID","type":"file-write","path":"/a","content":"x\n","encoding":"utf8","timeout":30000,"status":"running","createdAt":1767225600000}""")]
    [InlineData("file-write", """{"path":"/a","content":"eA==","encoding":"base64"}""",
        """{"id":"ID","type":"file-write","path":"/a","content":"eA==","encoding":"base64","timeout":30000,"status":"running","createdAt":1767225600000}""")]
    [InlineData("file-read", """{"path":"/a"}""",
        """{"id":"ID","type":"file-read","path":"/a","timeout":30000,"status":"running","createdAt":1767225600000}""")]
    [InlineData("file-edit", """{"path":"/a","oldString":"x","newString":"$&","replaceAll":false}""",
        """{"id":"ID","type":"file-edit","path":"/a","oldString":"x","newString":"$&","replaceAll":false,"timeout":30000,"status":"running","createdAt":1767225600000}""")]
    [InlineData("claude-cli", """{"prompt":"p","sessionId":"s","callbackChannel":"c"}""",
        """{"id":"ID","type":"claude-cli","prompt":"p","sessionId":"s","callbackChannel":"c","timeout":30000,"status":"running","createdAt":1767225600000}""")]
    public void A_task_looks_as_the_original_s_worker_expects(string kind, string payload, string expected)
    {
        var spec = new TaskSpec { Kind = kind, Payload = Encoding.UTF8.GetBytes(payload), Requires = "" };
        var offer = new OfferReply(Rejection.None, spec, 1, DateTimeOffset.FromUnixTimeMilliseconds(1_767_225_600_000));
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes)) PolledTask.Write(json, (Id, offer));

        var written = JsonElement.Parse(bytes.ToArray());

        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(expected.Replace("ID", Id.ToString("D"))), written), written.GetRawText());
    }
}
