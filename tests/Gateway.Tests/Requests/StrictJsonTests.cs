using System.Text;
using System.Text.Json.Serialization.Metadata;
using OpenClaw.Gateway.Requests;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Gateway.Tests.Requests;

public sealed class StrictJsonTests
{
    [Theory]
    [InlineData("", "body")]
    [InlineData(" ", "body")]
    [InlineData("null", "body")]
    [InlineData("[]", "body")]
    [InlineData("\"text\"", "body")]
    [InlineData("{", "body")]
    [InlineData("""{"command":"a" """, "body")]
    [InlineData("""{"command":"a"}}""", "body")]
    [InlineData("""{"command":"a"} x""", "body")]
    [InlineData("""{"command":"a"}{"command":"b"}""", "body")]
    [InlineData("""{"command":"a",}""", "body")]
    [InlineData("""{/* why */"command":"a"}""", "body")]
    [InlineData("""{"command":NaN}""", "body")]
    [InlineData("""{"timeout":Infinity}""", "body")]
    [InlineData("""{"timeout":1e400}""", "timeout")]
    [InlineData("""{"timeout":-1e400}""", "timeout")]
    [InlineData("""{"timeout":9223372036854775808}""", "timeout")]
    [InlineData("""{"timeout":1.5}""", "timeout")]
    [InlineData("""{"timeout":"1"}""", "timeout")]
    [InlineData("""{"timeout":true}""", "timeout")]
    [InlineData("""{"priority":2147483648}""", "priority")]
    [InlineData("""{"command":1}""", "command")]
    [InlineData("""{"command":["a"]}""", "command")]
    [InlineData("""{"argv":"a"}""", "argv")]
    [InlineData("""{"argv":["a",1]}""", "argv[1]")]
    [InlineData("""{"env":{"A":1}}""", "env.A")]
    [InlineData("""{"env":[]}""", "env")]
    [InlineData("""{"command":"a","workr":"studio"}""", "workr")]
    [InlineData("""{"command":"a","Worker":"studio"}""", "Worker")]
    [InlineData("""{"command":"a","command":"b"}""", "command")]
    [InlineData("""{"command":"a\u0000b"}""", "command")]
    [InlineData("""{"argv":["a","b","\u0000"]}""", "argv[2]")]
    [InlineData("""{"env":{"A":"\ud800"}}""", "env.A")]
    [InlineData("""{"command":"\ud800"}""", "command")]
    [InlineData("""{"command":"\udc00x"}""", "command")]
    [InlineData("""{"command":"\ud83dx\ude00"}""", "command")]
    [InlineData("""{"tags":{"\u0000":"a"}}""", "tags")]
    [InlineData("""{"kind":"own","payload":{"deep":{"x":"\ud800"}}}""", "payload.deep.x")]
    [InlineData("""{"kind":"own","payload":{"list":[1,2,1e400]}}""", "payload.list[2]")]
    [InlineData("""{"kind":"own","payload":{"a":[{"b":[{"c":"\u0000"}]}]}}""", "payload.a[0].b[0].c")]
    public void What_is_not_the_request_is_refused_with_its_place(string body, string place)
    {
        var problem = Fault(Encoding.UTF8.GetBytes(body), ProtocolJson.Default.SubmitTask);

        Assert.Equal(400, problem.Status);
        Assert.Equal(ProblemTypes.Invalid, problem.Type);
        Assert.Contains(place, problem.Errors!.Select(error => error.Field));
        Assert.NotEmpty(problem.Error);
    }

    [Theory]
    [InlineData(new byte[] { 0xEF, 0xBB, 0xBF, (byte)'{', (byte)'}' })]
    [InlineData(new byte[] { (byte)'{', (byte)'"', 0xFF, (byte)'"', (byte)':', (byte)'1', (byte)'}' })]
    [InlineData(new byte[] { (byte)'{', (byte)'"', 0xC0, 0x80, (byte)'"', (byte)':', (byte)'1', (byte)'}' })]
    [InlineData(new byte[] { (byte)'{', (byte)'"', 0xED, 0xA0, 0x80, (byte)'"', (byte)':', (byte)'1', (byte)'}' })]
    [InlineData(new byte[] { (byte)'{', 0, (byte)'}' })]
    public void Bytes_that_are_no_clean_text_are_refused(byte[] body) =>
        Assert.Equal("body", Assert.Single(Fault(body, ProtocolJson.Default.SubmitTask).Errors!).Field);

    [Fact]
    public void Thirty_two_levels_are_read_and_one_more_is_not()
    {
        Assert.Null(StrictJson.Parse(Nested(32), ProtocolJson.Default.SubmitTask).Problem);
        Assert.Equal(400, Fault(Nested(33), ProtocolJson.Default.SubmitTask).Status);
        Assert.Equal(400, Fault(Nested(100_000), ProtocolJson.Default.SubmitTask).Status);
    }

    [Fact]
    public void Duplicates_are_refused_in_the_sealed_part_too()
    {
        var problem = Fault("""{"kind":"own","payload":{"a":1,"a":2}}"""u8.ToArray(), ProtocolJson.Default.SubmitTask);
        Assert.Equal(400, problem.Status);
    }

    [Theory]
    [InlineData("""{}""", "session")]
    [InlineData("""{"session":null}""", "session")]
    [InlineData("""{"session":"a","more":1}""", "more")]
    public void A_field_that_must_be_there_is_named(string body, string place) =>
        Assert.Contains(place, Fault(Encoding.UTF8.GetBytes(body), ProtocolJson.Default.StartAttempt).Errors!.Select(error => error.Field));

    [Fact]
    public void Every_missing_field_is_named_at_once()
    {
        var problem = Fault("{}"u8.ToArray(), ProtocolJson.Default.OpenSession);
        Assert.Equal(["arch", "instance", "kinds", "name", "os"], problem.Errors!.Select(error => error.Field).Order());
    }

    [Fact]
    public void A_number_out_of_range_is_told_the_range()
    {
        var problem = Fault("""{"timeout":9223372036854775808}"""u8.ToArray(), ProtocolJson.Default.SubmitTask);
        Assert.Contains("from 1 to 604800000", problem.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_of_the_world_is_kept_as_it_is()
    {
        const string Text = "grüße 😀 \u202e \u200b $(x) `y` \n\t\u0001";
        var body = Encoding.UTF8.GetBytes($$"""{"command":"grüße 😀 \u202e \u200b $(x) `y` \n\t\u0001"}""");

        var (value, problem) = StrictJson.Parse(body, ProtocolJson.Default.SubmitTask);

        Assert.Null(problem);
        Assert.Equal(Text, value!.Command);
    }

    [Fact]
    public void A_place_shows_nothing_a_terminal_would_obey()
    {
        var problem = Fault(Encoding.UTF8.GetBytes("{\"\u202e\\u001b[31mred\":1}"), ProtocolJson.Default.SubmitTask);
        Assert.DoesNotContain('\u001b', problem.Error);
        Assert.DoesNotContain('\u202e', problem.Error);
    }

    [Fact]
    public void A_refusal_stays_short_however_much_is_wrong()
    {
        var members = Enumerable.Range(0, 5000).Select(i => $"\"{new string('x', 300)}{i}\":1");
        var body = Encoding.UTF8.GetBytes($"{{{string.Join(',', members)}}}");
        Assert.InRange(Fault(body, ProtocolJson.Default.SubmitTask).Error.Length, 1, 4096);
    }

    private static Problem Fault<T>(byte[] body, JsonTypeInfo<T> type) where T : class
    {
        var (value, problem) = StrictJson.Parse(body, type);
        Assert.Null(value);
        return Assert.IsType<Problem>(problem);
    }

    /// <summary>A body of so many levels, its own braces included.</summary>
    private static byte[] Nested(int levels)
    {
        var inner = levels - 1;
        return Encoding.UTF8.GetBytes($$"""{"kind":"own","payload":{{new string('[', inner)}}{{new string(']', inner)}}}""");
    }
}
