using System.Text;
using OpenClaw.Gateway.Compat;
using OpenClaw.GrainInterfaces.Output;
using OpenClaw.GrainInterfaces.Tasks;

namespace OpenClaw.Gateway.Tests.Compat;

public sealed class CompatibleResultTests
{
    [Fact]
    public void The_original_s_report_is_read()
    {
        var result = Read("""
            {"taskId":"t","stdout":"a\nb\u00e9","stderr":"é","exitCode":3,"error":"went wrong","duration":12.5,
             "metadata":{"sessionId":"s","screenshotPath":null},"later":{"unknown":[1]}}
            """)!;

        Assert.Equal("t", result.TaskId);
        Assert.Equal("a\nbé", Encoding.UTF8.GetString(result.Stdout));
        Assert.Equal("é", Encoding.UTF8.GetString(result.Stderr));
        Assert.Equal(3, result.ExitCode);
        Assert.Equal("went wrong", result.Error);
        Assert.Equal(12.5, result.Duration?.TotalMilliseconds);
        Assert.Equal("""{"sessionId":"s","screenshotPath":null}""", Encoding.UTF8.GetString(result.Metadata!));
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("-1", -1)]
    [InlineData("0.0", 0)]
    [InlineData("3221225477", unchecked((int)0xC0000005))]
    [InlineData("null", null)]
    [InlineData("\"0\"", null)]
    [InlineData("0.5", null)]
    [InlineData("1e400", null)]
    [InlineData("1e300", null)]
    [InlineData("[0]", null)]
    public void Only_a_whole_number_is_an_exit_code(string text, int? expected) =>
        Assert.Equal(expected, Read($$"""{"taskId":"t","exitCode":{{text}}}""")!.ExitCode);

    [Theory]
    [InlineData("0", OutcomeKind.Succeeded, null)]
    [InlineData("1", OutcomeKind.Failed, "exit-code")]
    [InlineData("null", OutcomeKind.Failed, "no-exit-code")]
    public void Only_exit_code_0_is_success(string text, OutcomeKind kind, string? reason)
    {
        var outcome = CompatibleResultEndpoint.ToOutcome(Read($$"""{"taskId":"t","exitCode":{{text}}}""")!, 2);
        Assert.Equal((kind, reason, 2), (outcome.Kind, outcome.Reason, outcome.Attempt));
    }

    [Theory]
    [InlineData("""{"taskId":"t","stdout":null,"stderr":7,"error":{"a":1},"duration":-1,"metadata":[1]}""")]
    [InlineData("""{"taskId":"t"}""")]
    public void A_field_of_another_type_loses_that_field_and_nothing_else(string body)
    {
        var result = Read(body)!;
        Assert.Equal("t", result.TaskId);
        Assert.Empty(result.Stdout);
        Assert.Empty(result.Stderr);
        Assert.Null(result.Error);
        Assert.Null(result.Duration);
        Assert.Null(result.Metadata);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"taskId":"t" """)]
    [InlineData("""{"taskId":"t"} x""")]
    public void What_is_no_object_is_none(string body) => Assert.Null(Read(body));

    [Theory]
    [InlineData(@"a\ud83d", "a\ufffd")]
    [InlineData(@"\ude00b", "\ufffdb")]
    [InlineData(@"\ud83d\ud83d\ude00", "\ufffd😀")]
    [InlineData(@"\ud83d\n\ude00", "\ufffd\n\ufffd")]
    [InlineData(@"\ud83d\ude00", "😀")]
    [InlineData(@"\\ud83d", @"\ud83d")]
    [InlineData(@"\\\ud83d", "\\\ufffd")]
    [InlineData(@"\u0000", "\0")]
    public void Half_characters_become_the_replacement_and_the_rest_stays(string escaped, string expected) =>
        Assert.Equal(expected, Encoding.UTF8.GetString(Read($$"""{"taskId":"t","stdout":"{{escaped}}"}""")!.Stdout));

    [Fact]
    public void Bytes_that_are_no_UTF8_become_the_replacement()
    {
        byte[] body = [.. "{\"taskId\":\"t\",\"stdout\":\"a"u8, 0xFF, .. "b\"}"u8];
        Assert.Equal("a\ufffdb", Encoding.UTF8.GetString(CompatibleResult.Read(body)!.Stdout));
    }

    [Fact]
    public void Output_is_cut_into_chunks_that_join()
    {
        var result = Read($$"""{"taskId":"t","stdout":"{{new string('x', 1_200_000)}}","stderr":"err"}""")!;

        var chunks = CompatibleResultEndpoint.ToChunks(result, 1, default);

        Assert.Equal([0L, 1, 2, 3], chunks.Select(chunk => chunk.Sequence));
        Assert.Equal([0L, 524288, 1048576, 0], chunks.Select(chunk => chunk.Offset));
        Assert.Equal(1_200_000, chunks.Where(chunk => chunk.Stream == OutputStream.Stdout).Sum(chunk => chunk.Data.Length));
        Assert.Equal("err", Encoding.UTF8.GetString(chunks[3].Data.Span));
    }

    private static CompatibleResult? Read(string body) => CompatibleResult.Read(Encoding.UTF8.GetBytes(body));
}
