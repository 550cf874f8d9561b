using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Signing;

namespace OpenClaw.Worker.Tests.Signing;

/// <summary>What a gateway that was taken over might do with the tasks it has, and what must become of it.</summary>
/// <param name="Name">What it does.</param>
/// <param name="Runs">How often the work of the case may run.</param>
/// <param name="Reasons">Reason of each attempt that is rejected, in order; empty: it succeeds.</param>
/// <param name="Make">The offers it makes, one after the other.</param>
internal sealed record HostileCase(string Name, int Runs, string[] Reasons, Func<HostileOffers, Offer[]> Make);

/// <summary>Offers of signed work, and what can be done to them.</summary>
internal sealed class HostileOffers(Func<string, string> workOf, SigningKey key, SigningKey expiredKey, DateTimeOffset now)
{
    private static readonly BigInteger Order = BigInteger.Parse(
        "0FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static readonly SigningKey Stranger = SigningKey.Generate();
    private string work = "";

    /// <summary>All there are, as the whole daemon meets them under <c>signatures: require</c>.</summary>
    public static IReadOnlyList<HostileCase> All { get; } =
    [
        new("nothing", 1, [""], o => [o.Honest()]),
        new("nothing, for a label", 1, [""], o => [o.Honest(o.Statement() with { Worker = null, Labels = ["gpu", "os:linux"] })]),
        new("nothing, and tries again as was signed", 2, ["", ""], o => o.Attempts(2, 1, 2)),
        new("nothing, a little late", 1, [""], o => [o.Honest(o.Statement() with { ExpiresAt = o.In(-2) })]),
        new("raises the attempts", 0, ["signature-attempts"], o => [o.Attempts(1, 2)[0]]),
        new("raises the attempts after the last", 1, ["", "signature-attempts"], o => o.Attempts(1, 1, 2)),
        new("turns the attempts round", 1, ["", "signature-replayed"], o => o.Attempts(3, 2, 1)),
        new("repeats an attempt", 1, ["", "signature-replayed"], o => o.Attempts(3, 1, 1)),
        new("replays it as another task", 1, ["", "signature-replayed"], o => Twice(o.Honest(), Renamed)),
        new("replays it as another task's second attempt", 1, ["", "signature-replayed"],
            o => Twice(o.Attempts(2, 1)[0], again => Renamed(again, 2))),
        new("replays it with the other signature that the key's has", 1, ["", "signature-replayed"],
            o => Twice(o.Honest(), again => Renamed(WithSignature(again, Malleate)))),
        new("strips the signature", 0, ["signature-missing"], o => [o.Honest() with { Signed = null }]),
        new("strips the signature of a repeat", 1, ["", "signature-missing"],
            o => Twice(o.Honest(), again => Renamed(again) with { Signed = null })),
        .. Malformed.Select(json => new HostileCase(
            $"signs with {json}", 0, ["signature-malformed"], o => [o.Honest() with { Signed = JsonElement.Parse(json) }])),
        new("signs twice", 0, ["signature-malformed"],
            o => [With(o.Honest(), signed => signed with { Signatures = [signed.Signatures[0], signed.Signatures[0]] })]),
        new("calls it another type", 0, ["signature-malformed"],
            o => [With(o.Honest(), signed => signed with { PayloadType = "text/plain" })]),
        new("shortens the signature", 0, ["signature-malformed"], o => [WithSignature(o.Honest(), sig => sig[..63])]),
        new("puts zeros for the signature", 0, ["signature-invalid"], o => [WithSignature(o.Honest(), _ => new byte[64])]),
        new("flips a bit of the signature", 0, ["signature-invalid"],
            o => [WithSignature(o.Honest(), sig => [.. sig[..40], (byte)(sig[40] ^ 4), .. sig[41..]])]),
        new("forges with a key of its own", 0, ["signature-unknown-key"], o => [o.Honest(by: Stranger)]),
        new("forges with a key of its own, under the trusted key's name", 0, ["signature-invalid"], o => [o.Forged()]),
        new("uses a key that has expired", 0, ["signature-expired-key"], o => [o.Honest(by: o.Expired)]),
        new("alters the payload", 0, ["signature-differs"], o => [o.Honest() with { Payload = o.Evil }]),
        new("alters the payload and what was signed", 0, ["signature-invalid"],
            o => [With(o.Honest() with { Payload = o.Evil }, signed => signed with { Payload = o.EvilStatement() })]),
        new("adds a variable to the payload", 0, ["signature-differs"], o => [o.Honest() with { Payload = o.EvilEnvironment }]),
        new("swaps the payloads of two tasks", 0, ["signature-differs", "signature-differs"], o => o.SwapPayloads()),
        new("swaps the signatures of two tasks", 0, ["signature-differs", "signature-differs"], o => o.SwapSignatures()),
        new("swaps two tasks whole: each still runs once", 2, ["", "", "signature-replayed"], o => o.SwapTasks()),
        new("leaves the payload out", 0, ["signature-differs"], o => [o.Honest() with { Payload = JsonElement.Parse("{}") }]),
        new("changes the kind", 0, ["signature-differs"], o => [o.Honest() with { Kind = "file-write" }]),
        new("raises the time-out", 0, ["signature-differs"], o => [o.Honest() with { Timeout = 120_000 }]),
        new("lowers the time-out", 0, ["signature-differs"], o => [o.Honest() with { Timeout = 1 }]),
        new("sends it to another PC", 0, ["signature-other-worker"], o => [o.Honest(o.Statement() with { Worker = "studio" })]),
        new("sends it to a PC without the label", 0, ["signature-other-worker"],
            o => [o.Honest(o.Statement() with { Worker = null, Labels = ["gpu", "big"] })]),
        new("sends another tenant's", 0, ["signature-other-tenant"], o => [o.Honest(o.Statement() with { Tenant = "acme" })]),
        new("withholds it until it has expired", 0, ["signature-expired"], o => [o.Honest(o.Statement() with { ExpiresAt = o.In(-6) })]),
        new("sends it too early", 0, ["signature-not-yet"], o => [o.Honest(o.Statement() with { NotBefore = o.In(8) })]),
        new("keeps one that is good for ever", 0, ["signature-too-long"],
            o => [o.Honest(o.Statement() with { ExpiresAt = o.In(60 * 24 * 40) })]),
        new("sends what a client signed in two ways at once", 0, ["signature-malformed"], o => [o.Doubled()]),
        new("sends what is no statement", 0, ["signature-malformed"], o => [o.Signed("[]"u8.ToArray())]),
    ];

    private static string[] Malformed => ["{}", "[]", "\"x\"", "1", """{"payload":"","payloadType":"","signatures":null}"""];

    public SigningKey Expired => expiredKey;
    public JsonElement Evil => JsonSerializer.SerializeToElement(new { command = work + "; " + work });
    public JsonElement EvilEnvironment => JsonSerializer.SerializeToElement(new { command = work, env = new { LD_X = "y" } });

    public HostileOffers For(int number)
    {
        work = workOf(number.ToString(CultureInfo.InvariantCulture));
        return this;
    }

    public long In(int minutes) => now.AddMinutes(minutes).ToUnixTimeMilliseconds();

    public TaskStatement Statement() => new()
    {
        Id = Guid.NewGuid().ToString("N"),
        Worker = "pc",
        Kind = "command",
        Payload = JsonSerializer.SerializeToElement(new { command = work }),
        Timeout = 60_000,
        ExpiresAt = In(60),
    };

    /// <summary>As a gateway that can be trusted would offer it.</summary>
    public Offer Honest(TaskStatement? statement = null, SigningKey? by = null)
    {
        statement ??= Statement();
        return Offer(statement, (by ?? key).SignStatement(statement));
    }

    public Offer[] Attempts(int most, params int[] numbers)
    {
        var first = Honest(Statement() with { MaxAttempts = most });
        return [.. numbers.Select(number => first with { AttemptId = $"{first.TaskId}.{number}", Attempt = number })];
    }

    public Offer Forged() => With(Honest(by: Stranger), signed => signed with
    {
        Signatures = [signed.Signatures[0] with { Keyid = key.PublicKey.Id }],
    });

    public Offer Signed(byte[] body) => Offer(Statement(), key.SignBytes(body));

    public Offer Doubled() => Signed(Encoding.UTF8.GetBytes(
        JsonSerializer.Serialize(Statement(), ProtocolJson.Default.TaskStatement).Insert(1, "\"timeout\":1,")));

    public string EvilStatement() => Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(
        Statement() with { Payload = Evil }, ProtocolJson.Default.TaskStatement));

    public Offer[] SwapPayloads()
    {
        var (one, other) = (Honest(), Other());
        return [one with { Payload = other.Payload }, other with { Payload = one.Payload }];
    }

    public Offer[] SwapSignatures()
    {
        var (one, other) = (Honest(), Other());
        return [one with { Signed = other.Signed }, other with { Signed = one.Signed }];
    }

    public Offer[] SwapTasks()
    {
        var (one, other) = (Honest(), Other());
        return
        [
            one with { TaskId = other.TaskId, AttemptId = other.AttemptId }, other with { TaskId = one.TaskId, AttemptId = one.AttemptId },
            Renamed(one),
        ];
    }

    private Offer Other() => Honest(Statement() with { Payload = JsonSerializer.SerializeToElement(new { command = $"true; {work}" }) });

    private static Offer Offer(TaskStatement statement, SignedTask signed)
    {
        var task = Guid.NewGuid().ToString();
        return new Offer
        {
            AttemptId = task + ".1", TaskId = task, Attempt = 1, Kind = statement.Kind, Payload = statement.Payload,
            Timeout = statement.Timeout, KillGrace = 1000,
            Signed = JsonSerializer.SerializeToElement(signed, ProtocolJson.Default.SignedTask),
        };
    }

    private static Offer[] Twice(Offer offer, Func<Offer, Offer> again) => [offer, again(offer)];

    private static Offer Renamed(Offer offer) => Renamed(offer, offer.Attempt);

    private static Offer Renamed(Offer offer, int attempt)
    {
        var task = Guid.NewGuid().ToString();
        return offer with { TaskId = task, AttemptId = $"{task}.{attempt}", Attempt = attempt };
    }

    private static Offer With(Offer offer, Func<SignedTask, SignedTask> change) => offer with
    {
        Signed = JsonSerializer.SerializeToElement(
            change(offer.Signed!.Value.Deserialize(ProtocolJson.Default.SignedTask)!), ProtocolJson.Default.SignedTask),
    };

    private static Offer WithSignature(Offer offer, Func<byte[], byte[]> change) => With(offer, signed => signed with
    {
        Signatures =
        [
            signed.Signatures[0] with { Sig = Convert.ToBase64String(change(Convert.FromBase64String(signed.Signatures[0].Sig))) },
        ],
    });

    /// <summary>(r, n - s) is as good a signature as (r, s): a store of signatures would take it for a new one.</summary>
    private static byte[] Malleate(byte[] signature)
    {
        var s = new BigInteger(signature.AsSpan(32), isUnsigned: true, isBigEndian: true);
        var other = (Order - s).ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. signature[..32], .. new byte[32 - other.Length], .. other];
    }
}
