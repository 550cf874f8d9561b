using System.Text;
using System.Text.Json;
using OpenClaw.Protocol.Audit;
using OpenClaw.Protocol.Signing;
using OpenClaw.Protocol.Workers;

namespace OpenClaw.Protocol.Tests.Audit;

/// <summary>What a worker was told of the server's chains: signed by its key, and of no use when somebody changed it on the way.</summary>
public sealed class SignedWitnessTests
{
    private static readonly WitnessStatement Told = new()
    {
        Worker = "pc-1", At = DateTimeOffset.UnixEpoch, Log = new AuditHead(7, new string('1', 64)),
        Heads = [new WitnessedHead("srv", "silo-1", 12, new string('a', 64), DateTimeOffset.UnixEpoch)],
    };

    [Fact]
    public void What_was_signed_is_read_with_the_key_that_signed_it()
    {
        using var key = SigningKey.Generate();
        var (statement, keyId, error) = SignedWitness.Parse(SignedWitness.Format(Told, key));
        Assert.Null(error);
        Assert.Equal((key.PublicKey.Id, "pc-1", 12L), (keyId, statement!.Worker, Assert.Single(statement.Heads).Link));
    }

    [Fact]
    public void A_worker_without_a_key_signs_nothing_and_its_file_says_so()
    {
        var (statement, keyId, error) = SignedWitness.Parse(SignedWitness.Format(Told, key: null));
        Assert.Null(error);
        Assert.Null(keyId);
        Assert.Equal(Told.Heads, statement!.Heads);
    }

    [Fact]
    public void No_byte_of_it_can_be_changed()
    {
        using var key = SigningKey.Generate();
        var text = SignedWitness.Format(Told, key);
        var random = new Random(5);
        for (var i = 0; i < 500; i++)
        {
            var changed = new StringBuilder(text);
            changed[random.Next(text.Length)] = (char)random.Next(' ', '~');
            if (changed.ToString() == text) continue;
            var (statement, keyId, error) = SignedWitness.Parse(changed.ToString());
            Assert.True(error is not null || (keyId == key.PublicKey.Id && statement!.Heads.SequenceEqual(Told.Heads)), changed.ToString());
        }
    }

    [Fact]
    public void Another_keys_signature_is_none_of_the_key_that_it_names()
    {
        using var key = SigningKey.Generate();
        using var other = SigningKey.Generate();
        var envelope = JsonSerializer.Deserialize(SignedWitness.Format(Told, key), ProtocolJson.Default.SignedWitness)!;
        var body = Convert.FromBase64String(envelope.Payload);
        foreach (var type in new[] { SignedWitness.StatementType, SignedTask.StatementType })
        {
            var forged = envelope with { Signatures = [other.Sign(type, body)] };
            Assert.NotNull(SignedWitness.Parse(JsonSerializer.Serialize(forged, ProtocolJson.Default.SignedWitness)).Error);
        }
        var reused = envelope with { Signatures = [key.Sign(SignedTask.StatementType, body)] };
        Assert.NotNull(SignedWitness.Parse(JsonSerializer.Serialize(reused, ProtocolJson.Default.SignedWitness)).Error);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"payloadType":"application/vnd.openclaw.audit-heads+json","payload":"!","signatures":[]}""")]
    [InlineData("""{"payloadType":"application/vnd.openclaw.audit-heads+json","payload":"e30=","signatures":[]}""")]
    [InlineData("""{"payloadType":"application/vnd.openclaw.audit-heads+json","payload":"bnVsbA==","signatures":[null]}""")]
    public void What_is_none_is_told(string text) => Assert.NotNull(SignedWitness.Parse(text).Error);
}
