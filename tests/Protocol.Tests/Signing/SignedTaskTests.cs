using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CsCheck;
using OpenClaw.Protocol.Enrolment;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Signing;
using OpenClaw.Protocol.Tasks;

namespace OpenClaw.Protocol.Tests.Signing;

public sealed class SignedTaskTests
{
    private static readonly SigningKey Key = SigningKey.Generate();

    private static readonly TaskStatement Statement = new()
    {
        Id = "0123456789abcdef",
        Worker = "studio",
        Kind = "command",
        Payload = JsonElement.Parse("""{"command":"echo \"hi\""}"""),
        Timeout = 30_000,
        ExpiresAt = 1_800_000_000_000,
    };

    private static readonly byte[] Wire =
        JsonSerializer.SerializeToUtf8Bytes(Key.SignStatement(Statement), ProtocolJson.Default.SignedTask);

    [Fact]
    public void What_was_signed_is_read_back_byte_for_byte()
    {
        var signed = Accept(Wire)!;
        Assert.Equal("""{"command":"echo \"hi\""}""", signed.Payload.GetRawText());
        Assert.Equal((Statement.Id, Statement.Worker, 30_000L), (signed.Id, signed.Worker, signed.Timeout));
    }

    /// <summary>The text that the authors of DSSE give for the encoding, with our type in it.</summary>
    [Fact]
    public void The_bytes_under_the_signature_are_those_of_DSSE() => Assert.Equal(
        "DSSEv1 34 application/vnd.openclaw.task+json 11 hello world",
        Encoding.UTF8.GetString(SignedEnvelope.EncodeForSigning(SignedTask.StatementType, "hello world"u8)));

    /// <summary>Every byte of the envelope, one at a time, to every other value of its low and high bits.</summary>
    [Fact]
    public void No_changed_byte_is_accepted_as_something_else()
    {
        var accepted = 0;
        for (var at = 0; at < Wire.Length; at++)
        {
            foreach (var mask in (byte[])[0x01, 0x02, 0x04, 0x10, 0x20, 0x80])
            {
                var changed = Wire.ToArray();
                changed[at] ^= mask;
                if (Accept(changed) is { } read && !IsSame(read)) accepted++;
            }
        }
        Assert.Equal(0, accepted);
    }

    [Fact]
    public void No_random_change_is_accepted_and_nothing_is_thrown()
    {
        var change = Gen.Select(Gen.Int[0, Wire.Length - 1], Gen.Int[0, 8], Gen.Byte.Array[0, 8]);
        change.List[1, 4].Sample(changes =>
        {
            var bytes = Wire.ToList();
            foreach (var (at, removed, put) in changes)
            {
                var from = Math.Min(at, bytes.Count);
                bytes.RemoveRange(from, Math.Min(removed, bytes.Count - from));
                bytes.InsertRange(from, put);
            }
            return Accept([.. bytes]) is not { } read || IsSame(read);
        });
    }

    /// <summary>Signed by the right key, and no statement: the parser is reached.</summary>
    [Fact]
    public void Whatever_a_signer_signs_is_read_or_refused_and_nothing_is_thrown()
    {
        var good = JsonSerializer.SerializeToUtf8Bytes(Statement, ProtocolJson.Default.TaskStatement);
        string[] texts =
        [
            "{", "}", "[", "null", "\"", "\\ud800", "\\u0000", "1e400", "-1", "9223372036854775808", ",", ":",
            "\"id\":", "\"payload\":", "\"",
            "\uFEFF", "\u00ff", "/*", "true", "\"labels\":[null]",
        ];
        var piece = Gen.OneOf(Gen.Int[0, texts.Length - 1].Select(i => Encoding.UTF8.GetBytes(texts[i])), Gen.Byte.Array[0, 6]);
        Gen.Select(Gen.Int[0, good.Length], Gen.Int[0, 12], piece).List[0, 5].Sample(changes =>
        {
            var bytes = good.ToList();
            foreach (var (at, removed, put) in changes)
            {
                var from = Math.Min(at, bytes.Count);
                bytes.RemoveRange(from, Math.Min(removed, bytes.Count - from));
                bytes.InsertRange(from, put);
            }
            var errors = new FieldErrors();
            return TaskStatement.Parse(bytes.ToArray(), errors) is null == errors.Any;
        });
    }

    [Theory]
    [InlineData("""{"id":"0123456789abcdef","kind":"command","payload":{"command":"a","command":"b"},"timeout":1,"expiresAt":1}""")]
    [InlineData("""{"id":"0123456789abcdef","kind":"command","payload":{},"timeout":1,"timeout":2,"expiresAt":1}""")]
    [InlineData("""{"id":"0123456789abcdef","kind":"command","payload":{},"timeout":1,"expiresAt":1,"worke":"pc"}""")]
    [InlineData("""{"id":"0123456789abcdef","kind":"command","payload":{},"timeout":1,"expiresAt":1}{}""")]
    [InlineData("""{"id":"0123456789abcdef","kind":"command","payload":[],"timeout":1,"expiresAt":1}""")]
    [InlineData("""{"id":"short","kind":"command","payload":{},"timeout":1,"expiresAt":1}""")]
    [InlineData("""{"id":"0123456789abcdef","kind":"command","payload":{},"timeout":0,"expiresAt":1}""")]
    [InlineData("""{"id":"0123456789abcdef","kind":"command","payload":{},"timeout":1,"expiresAt":1,"maxAttempts":101}""")]
    [InlineData("""{"id":"0123456789abcdef","kind":"command","payload":{},"timeout":1,"expiresAt":5,"notBefore":6}""")]
    [InlineData("""{"id":"0123456789abcdef","kind":"Command","payload":{},"timeout":1,"expiresAt":5}""")]
    [InlineData("""{"id":"0123456789abcdef","kind":"command","payload":{},"timeout":1,"expiresAt":5,"labels":["worker:pc"]}""")]
    [InlineData("""{"id":"0123456789abcdef","kind":"command","payload":{},"timeout":1}""")]
    [InlineData("null")]
    public void A_statement_is_read_strictly(string json)
    {
        var errors = new FieldErrors();
        Assert.Null(TaskStatement.Parse(Encoding.UTF8.GetBytes(json), errors));
        Assert.True(errors.Any);
    }

    [Fact]
    public void A_submit_moves_what_is_signed_into_the_statement_and_unfolds_to_the_same()
    {
        var errors = new FieldErrors();
        var submit = new SubmitTask { Command = "echo hi", Worker = "studio", Timeout = 5000, MaxAttempts = 2, Wait = 7, Priority = 3 };
        var signed = submit.Sign(Key, new SigningTerms(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000)), errors)!;
        Assert.Equal((null, null, null, 7L, 3), (signed.Command, signed.Worker, signed.Timeout, signed.Wait, signed.Priority));
        var unfolded = signed.Unfold();
        Assert.Equal(("studio", "command", 5000L, 2), (unfolded.Worker, unfolded.Kind, unfolded.Timeout, unfolded.MaxAttempts));
        Assert.NotNull(signed.ToValidatedSubmit(errors));
        Assert.False(errors.Any);
    }

    public static TheoryData<string, SubmitTask> Beside => new()
    {
        { "worker", new SubmitTask { Worker = "other" } },
        { "labels", new SubmitTask { Labels = ["gpu"] } },
        { "kind", new SubmitTask { Kind = "file-read" } },
        { "payload", new SubmitTask { Payload = JsonElement.Parse("""{"command":"rm"}""") } },
        { "timeout", new SubmitTask { Timeout = 1 } },
        { "maxAttempts", new SubmitTask { MaxAttempts = 2 } },
        { "command", new SubmitTask { Command = "rm" } },
    };

    [Theory, MemberData(nameof(Beside))]
    public void A_field_beside_that_says_something_else_is_named(string field, SubmitTask submit)
    {
        var errors = new FieldErrors();
        Assert.Null((submit with { Signed = Key.SignStatement(Statement) }).ToValidatedSubmit(errors));
        Assert.Contains(errors.ToArray(), error => error.Field == field);
    }

    [Fact]
    public void Keys_are_of_P_256_alone_and_have_one_id()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        Assert.Null(SigningKey.FromPem(other.ExportPkcs8PrivateKeyPem()));
        Assert.Null(VerifyingKey.FromText(other.ExportSubjectPublicKeyInfoPem()));
        Assert.Null(SigningKey.FromPem(Key.PublicKey.ToPem()));
        Assert.Null(VerifyingKey.FromText(Key.ToPem()));
        Assert.Null(VerifyingKey.FromText("no key"));
        // A curve that the system does not know is told by another exception than bytes that are no key.
        var unknown = Convert.FromBase64String(Key.PublicKey.ToBase64());
        unknown[unknown.AsSpan().IndexOf(Convert.FromHexString("06082A8648CE3D030107")) + 8] = 0x7F;
        Assert.Null(VerifyingKey.FromSpki(unknown));
        Assert.Null(KeySignature.FindKey(unknown));
        Assert.Equal(Key.PublicKey.Id, VerifyingKey.FromText(Key.PublicKey.ToPem())!.Id);
        Assert.Equal(Key.PublicKey.Id, VerifyingKey.FromText(Key.PublicKey.ToBase64())!.Id);
        using var again = SigningKey.FromPem(Key.ToPem())!;
        Assert.Equal(Key.PublicKey.Id, again.PublicKey.Id);
    }

    /// <summary>What the snippet of docs/worker/signatures.md printed, under Node 20, with a key that openssl made.</summary>
    [Fact]
    public void What_Node_signs_is_accepted()
    {
        var key = VerifyingKey.FromText(
            "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEMRnhygsZMXdsI+K0ZnlH0c20kowLi8kXPoMccbLegjwet42StCsacMiOoknW9jkMqAAByaSGGJ"
            + "jiN+bHcRIBcg==")!;
        var signed = JsonSerializer.Deserialize(
            "{\"payloadType\":\"application/vnd.openclaw.task+json\",\"payload\":\"eyJpZCI6ImFkNDk0ODM2LTgwNDU"
            + "tNDZjMi04ZjQ3LWY5MjFjZTY4NTMyZSIsIndvcmtlciI6InBjIiwia2luZCI6ImNvbW1hbmQiLCJwYXlsb2FkIjp7I"
            + "mNvbW1hbmQiOiJ1bmFtZSAtYSJ9LCJ0aW1lb3V0IjozMDAwMCwiZXhwaXJlc0F0IjoxNzk2MDY2MjI3MzQ5fQ==\",\""
            + "signatures\":[{\"keyid\":\"ad7fadf6188350f82fdd61e3dca38ef1926382cd0437a9e70c8896e1c3ffa13e\",\""
            + "sig\":\"VWTailyrT3uvXrFrOsLEnidYbnnyrGdz1P3eRjQh/7WamcyQqI6C9m5vtEkDgsm4QvTBxltaMxQk7ju/m0dY"
            + "bQ==\"}]}", ProtocolJson.Default.SignedTask)!;
        var errors = new FieldErrors();
        var bytes = signed.Decode(errors)!;
        Assert.Equal(key.Id, bytes.KeyId);
        Assert.True(key.Verifies(bytes));
        Assert.Equal("uname -a", TaskStatement.Parse(bytes.Body, errors)!.Payload.GetProperty("command").GetString());
    }

    /// <summary>As a worker does: the form, the key, the signature, and only then what stands in the bytes.</summary>
    private static TaskStatement? Accept(byte[] wire)
    {
        SignedTask? signed;
        try
        {
            signed = JsonSerializer.Deserialize(wire, ProtocolJson.Default.SignedTask);
        }
        catch (JsonException)
        {
            return null;
        }
        var errors = new FieldErrors();
        return signed?.Decode(errors) is { } bytes && bytes.KeyId == Key.PublicKey.Id && Key.PublicKey.Verifies(bytes)
            ? TaskStatement.Parse(bytes.Body, errors) : null;
    }

    private static bool IsSame(TaskStatement read) =>
        JsonSerializer.Serialize(read, ProtocolJson.Default.TaskStatement)
            == JsonSerializer.Serialize(Statement, ProtocolJson.Default.TaskStatement);
}
