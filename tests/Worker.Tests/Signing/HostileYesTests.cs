using System.Text.Json;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Signing;
using OpenClaw.TestKit.FakeGateway;
using OpenClaw.TestKit.Processes;
using OpenClaw.Worker.Approvals;
using OpenClaw.Worker.Audit;
using OpenClaw.Worker.Signing;

namespace OpenClaw.Worker.Tests.Signing;

/// <summary>A whole daemon that requires signatures and takes a yes from elsewhere; and a gateway that makes one up.</summary>
public sealed class HostileYesTests : IDisposable
{
    private const long HalfHour = 1_800_000;
    private readonly SigningKey key = SigningKey.Generate();
    private readonly SigningKey expired = SigningKey.Generate();
    private readonly SigningKey stranger = SigningKey.Generate();
    private readonly DateTimeOffset now = TimeProvider.System.GetUtcNow();
    private SignedApproval? earlier;

    public void Dispose()
    {
        key.Dispose();
        expired.Dispose();
        stranger.Dispose();
    }

    /// <summary>Every case in turn under one daemon; each leaves the task waiting for a yes that counts, and none runs.</summary>
    [Fact]
    public async Task No_yes_that_a_gateway_makes_up_changes_or_repeats_lets_anything_run()
    {
        await using var worker = await Start("require", temporary: true);
        // One that counts, to be repeated for others.
        var (first, digest) = await Offer(worker, 0);
        earlier = Sign(Yes(first, digest));
        worker.Gateway.Approve(first, digest, ToElement(earlier));
        Assert.Equal("succeeded", (await worker.Gateway.Ended(first)).Results[0].Outcome);
        Assert.Equal(1, CountRuns(worker, 0));

        var surprises = new List<string>();
        foreach (var (number, (name, reason, make)) in Cases().Index())
        {
            (var id, digest) = await Offer(worker, number + 1);
            worker.Gateway.Approve(id, digest, make(Yes(id, digest)));
            if (await FindRefusal(worker, id) is var told && told != reason) surprises.Add($"{name}: {told}, not {reason}");
            worker.Gateway.Deny(id, "cancelled", "cancelled");
            if (CountRuns(worker, number + 1) > 0) surprises.Add($"{name}: it ran");
        }
        Assert.Empty(surprises);
        Assert.True(Cases().Count >= 22, $"{Cases().Count} cases");
        Assert.Empty(TemporaryRules(worker));
        Assert.DoesNotContain(Rows(worker), row => row.What == "rule");
    }

    [Fact]
    public async Task A_signed_yes_for_a_while_counts_for_the_next_where_the_policy_allows_it_and_for_one_where_not()
    {
        await using (var worker = await Start("require", temporary: true))
        {
            await ApproveFor(worker, 0);
            Assert.Equal("approval.all", Assert.Single(TemporaryRules(worker)).Rule);
            var next = worker.Gateway.Submit(Offers(worker).For(1).Honest());
            Assert.Equal("succeeded", (await worker.Gateway.Ended(next)).Results[0].Outcome);
            Assert.Contains(Rows(worker), row => row is { What: "approval", Outcome: "approved", By: "key laptop" });
            Assert.Contains(Rows(worker), row => row is { What: "rule", By: "gateway" });
        }
        await using var without = await Start("require", temporary: false);
        await ApproveFor(without, 0);
        Assert.Empty(TemporaryRules(without));
        await Offer(without, 1);
        Assert.Equal(0, CountRuns(without, 1));
    }

    /// <summary>It knows the field by which only a signed yes counts as little as a signed yes; a newer one beside it does.</summary>
    [Fact]
    public async Task A_question_that_a_gateway_of_before_refuses_is_asked_again()
    {
        await using var worker = await Start("require", temporary: false);
        var refused = 0;
        worker.Gateway.Fault = call =>
            call.Body.Contains("\"signedOnly\"", StringComparison.Ordinal) && Interlocked.Increment(ref refused) == 1
                ? CallFault.BadRequest : CallFault.None;
        var (id, digest) = await Offer(worker, 0);
        worker.Gateway.Approve(id, digest, Signed(Yes(id, digest)));
        Assert.Equal("succeeded", (await worker.Gateway.Ended(id)).Results[0].Outcome);
        Assert.True(refused > 1, "it was asked again");
    }

    /// <summary>Without <c>require</c> the owner has said that the gateway's word is enough; for a while it never is.</summary>
    [Theory]
    [InlineData("off")]
    [InlineData("warn")]
    public async Task Less_than_require_takes_the_gateways_word_for_one_attempt_and_for_no_more(string mode)
    {
        await using var worker = await Start(mode, temporary: true);
        var (id, digest) = await Offer(worker, 0);
        Assert.Null(worker.Gateway.Asked[^1].SignedOnly);
        var yes = For(Yes(id, digest), HalfHour);
        worker.Gateway.Approve(id, digest, ToElement(SignedApproval.Sign(yes, stranger)));
        Assert.Equal("succeeded", (await worker.Gateway.Ended(id)).Results[0].Outcome);
        Assert.Empty(TemporaryRules(worker));
    }

    /// <summary>What it does, the reason in the owner's log, and what it sends instead of an honest yes.</summary>
    private List<(string Name, string Reason, Func<ApprovalStatement, JsonElement?> Make)> Cases() =>
    [
        ("says yes itself", SignatureReasons.Missing, _ => null),
        ("forges with a key of its own", SignatureReasons.UnknownKey, yes => ToElement(SignedApproval.Sign(yes, stranger))),
        ("forges under the trusted key's name", SignatureReasons.Invalid, yes => ToElement(SignedApproval.Sign(yes, stranger) with
        {
            Signatures = [new TaskSignature { Keyid = key.PublicKey.Id, Sig = SignedApproval.Sign(yes, stranger).Signatures[0].Sig }],
        })),
        ("uses a key that has expired", SignatureReasons.ExpiredKey, yes => ToElement(SignedApproval.Sign(yes, expired))),
        ("repeats the yes of an earlier task", SignatureReasons.Differs, _ => ToElement(earlier!)),
        ("takes the yes to another task", SignatureReasons.Differs, yes => Signed(yes with { Task = Guid.NewGuid() })),
        ("takes the yes to another attempt", SignatureReasons.Differs, yes => Signed(yes with { Attempt = 2 })),
        ("takes the yes to something else", SignatureReasons.Differs, yes => Signed(yes with { Digest = new string('0', 64) })),
        ("takes a no for a yes", SignatureReasons.Differs, yes => Signed(yes with { Decision = "reject" })),
        ("withholds it until it has expired", SignatureReasons.Expired, yes => Signed(yes with { ExpiresAt = In(-6) })),
        ("keeps one that is good for ever", SignatureReasons.TooLong, yes => Signed(yes with { ExpiresAt = In(60 * 24 * 40) })),
        ("sends another tenant's", SignatureReasons.OtherTenant, yes => Signed(yes with { Tenant = "acme" })),
        ("makes it a yes for half an hour", SignatureReasons.Invalid, yes => Altered(yes, For(yes, HalfHour))),
        ("makes a yes for a second one for an hour", SignatureReasons.Invalid,
            yes => Altered(For(yes, 1000), For(yes, ApprovalStatement.LongestFor))),
        ("takes a yes for one rule to spare another", SignatureReasons.Differs,
            yes => Signed(For(yes, HalfHour, "approval.harmless"))),
        ("names another rule in it", SignatureReasons.Invalid,
            yes => Altered(For(yes, HalfHour, "approval.harmless"), For(yes, HalfHour))),
        ("holds one for half an hour back and says it was signed now", SignatureReasons.Invalid,
            yes => Altered(For(yes, HalfHour) with { SignedAt = In(-29) }, For(yes, HalfHour) with { SignedAt = In(0) })),
        ("sends one that is signed ahead of its time", SignatureReasons.NotYet,
            yes => Signed(For(yes, HalfHour) with { SignedAt = In(9) })),
        ("makes it good for longer", SignatureReasons.Invalid, yes => Altered(yes with { ExpiresAt = In(-6) }, yes)),
        ("makes a yes of a no", SignatureReasons.Invalid, yes => Altered(yes with { Decision = "reject" }, yes)),
        ("changes the digest in it", SignatureReasons.Invalid, yes => Altered(yes with { Digest = new string('1', 64) }, yes)),
        ("flips a bit of the signature", SignatureReasons.Invalid, FlipBit),
        ("sends a signed yes for two hours", SignatureReasons.Malformed,
            yes => Signed(For(yes, 2 * ApprovalStatement.LongestFor))),
        ("sends a signed task for a yes", SignatureReasons.Malformed, _ => TaskAsYes()),
        ("calls a signed task a yes", SignatureReasons.Invalid, _ => TaskCalledYes()),
        ("sends what is none", SignatureReasons.Malformed, _ => JsonElement.Parse("{}")),
        ("sends a number", SignatureReasons.Malformed, _ => JsonElement.Parse("1")),
        ("signs twice", SignatureReasons.Malformed, yes => ToElement(Sign(yes) with
        {
            Signatures = [Sign(yes).Signatures[0], Sign(yes).Signatures[0]],
        })),
    ];

    private ApprovalStatement Yes(string attemptId, string digest) => new()
    {
        Task = Guid.Parse(attemptId[..36]), Attempt = 1, Digest = digest, Decision = "approve", ExpiresAt = In(10),
    };

    private static ApprovalStatement For(ApprovalStatement yes, long time, string rule = "approval.all") =>
        yes with { For = time, Rule = rule };

    private long In(int minutes) => now.AddMinutes(minutes).ToUnixTimeMilliseconds();

    private SignedApproval Sign(ApprovalStatement statement) => SignedApproval.Sign(statement, key);

    private JsonElement? Signed(ApprovalStatement statement) => ToElement(Sign(statement));

    private JsonElement? Altered(ApprovalStatement signed, ApprovalStatement sent) =>
        ToElement(Sign(signed) with { Payload = Sign(sent).Payload });

    private JsonElement? FlipBit(ApprovalStatement yes)
    {
        var envelope = Sign(yes);
        var signature = Convert.FromBase64String(envelope.Signatures[0].Sig);
        signature[40] ^= 4;
        return ToElement(envelope with { Signatures = [envelope.Signatures[0] with { Sig = Convert.ToBase64String(signature) }] });
    }

    private JsonElement TaskAsYes() => JsonSerializer.SerializeToElement(SignTask(), ProtocolJson.Default.SignedTask);

    private JsonElement? TaskCalledYes()
    {
        var task = SignTask();
        return ToElement(new SignedApproval
        {
            PayloadType = SignedApproval.StatementType, Payload = task.Payload, Signatures = task.Signatures,
        });
    }

    private SignedTask SignTask() => key.SignStatement(new TaskStatement
    {
        Id = Guid.NewGuid().ToString("N"), Kind = "command", Payload = JsonElement.Parse("""{"command":"true"}"""), Timeout = 1000,
        ExpiresAt = In(10),
    });

    private static JsonElement? ToElement(SignedApproval envelope) =>
        JsonSerializer.SerializeToElement(envelope, ProtocolJson.Default.SignedApproval);

    private async Task ApproveFor(WorkerHarness worker, int number)
    {
        var (id, digest) = await Offer(worker, number);
        worker.Gateway.Approve(id, digest, Signed(For(Yes(id, digest), HalfHour)));
        Assert.Equal("succeeded", (await worker.Gateway.Ended(id)).Results[0].Outcome);
    }

    private HostileOffers Offers(WorkerHarness worker) =>
        new(number => $"echo x >> {worker.PathOf("ran" + number)}", key, expired, now);

    /// <summary>Offers signed work, and waits until a yes to it is asked for; its attempt and the digest that was asked about.</summary>
    private async Task<(string Id, string Digest)> Offer(WorkerHarness worker, int number)
    {
        var known = worker.Gateway.Asked.Select(ask => ask.Digest).ToHashSet(StringComparer.Ordinal);
        var id = worker.Gateway.Submit(Offers(worker).For(number).Honest());
        await worker.Gateway.Until(g => g.Asked.Any(ask => !known.Contains(ask.Digest)), "a yes is asked for");
        return (id, worker.Gateway.Asked.Last(ask => !known.Contains(ask.Digest)).Digest);
    }

    private static async Task<string?> FindRefusal(WorkerHarness worker, string id)
    {
        string? reason = null;
        await Eventually.Is(
            () => Task.FromResult(
                (reason = Rows(worker).LastOrDefault(row => row.Attempt == id && row.Outcome == "not-counted")?.Reason) is not null
                || Rows(worker).Any(row => row.Attempt == id && row.What == "start")),
            "the yes was judged");
        return reason;
    }

    private static IReadOnlyList<AuditRow> Rows(WorkerHarness worker) => AuditReader.ReadLast(Path.Combine(worker.Home, "audit"), 9999);

    private static IReadOnlyList<TemporaryApproval> TemporaryRules(WorkerHarness worker) =>
        new TemporaryApprovals(Path.Combine(worker.Home, "approval-rules.json"), TimeProvider.System).GetActive();

    private static int CountRuns(WorkerHarness worker, int number) =>
        File.Exists(worker.PathOf($"ran{number}")) ? File.ReadAllLines(worker.PathOf($"ran{number}")).Length : 0;

    private async Task<WorkerHarness> Start(string mode, bool temporary)
    {
        var worker = await WorkerHarness.Prepare();
        Directory.CreateDirectory(worker.Home);
        var terms = JsonSerializer.Serialize(new { fromGateway = true, temporary });
        await File.WriteAllTextAsync(
            Path.Combine(worker.Home, "policy.json"),
            $$"""{"signatures":"{{mode}}","approval":[{"name":"all"}],"approvalTerms":{{terms}}}""");
        new TrustedKeys(Path.Combine(worker.Home, TrustedKeys.FileName)).Save(
        [
            new TrustedKey(key.PublicKey, "laptop", "default", now.AddDays(1)),
            new TrustedKey(expired.PublicKey, "old-laptop", "default", now.AddDays(-1)),
        ]);
        worker.Go();
        return worker;
    }
}
