using System.Text;
using System.Text.Json;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Attempts;
using OpenClaw.Worker.Policy;
using OpenClaw.Worker.Policy.Rules;
using OpenClaw.Worker.Tests.Approvals;

namespace OpenClaw.Worker.Tests.Policy;

/// <summary>How large what a task writes is, told from the payload as it stands.</summary>
public sealed class TextSizeTests
{
    [Theory]
    [InlineData("\"\""), InlineData("\"plain\""), InlineData("\"\\n\\t\\\"\\\\\\/\"")]
    [InlineData("\"a\\u002Bb\\u00e9c\\u20ACd\\ud83d\\ude00\"")]
    [InlineData("\"\u00e9 \ud83d\ude00 \u20ac\"")]
    public void It_is_that_of_the_text_in_UTF8(string json)
    {
        var text = JsonElement.Parse(json);
        Assert.Equal(Encoding.UTF8.GetByteCount(text.GetString()!), TextSize.CountBytes(text));
    }

    [Theory]
    [InlineData("file-upload", """{"path":"/a","content":"\u002b\u002B++"}""", 3L)]
    [InlineData("file-write", """{"path":"/a","content":"AAAA","encoding":"base64"}""", 3L)]
    [InlineData("file-write", """{"path":"/a","content":"AAAA"}""", 4L)]
    [InlineData("file-write", """{"path":"/a","content":7}""", 0L)]
    public void The_bytes_of_a_file_task_are_those_it_writes(string kind, string payload, long bytes) => Assert.Equal(
        bytes, PolicyInputBuilder.FromOffer(WorkDigestTests.Offer(payload) with { Kind = kind }, "/home/me", default, _ => null,
            path => path).FileBytes);

    [Theory]
    [InlineData(10, 0, false), InlineData(10, 1 << 20, true), InlineData(1 << 20, 0, true)]
    public void Memory_is_given_back_after_what_is_large_and_not_after_each_task(int payload, long printed, bool due)
    {
        var offer = WorkDigestTests.Offer($$"""{"content":"{{new string('x', payload)}}"}""");
        Assert.Equal(due,
            MemoryTrimmer.IsDue(new HeldAttempt(offer).PayloadLength,
                new AttemptResult { Session = "", Outcome = "succeeded", StdoutBytes = printed }));
    }
}
