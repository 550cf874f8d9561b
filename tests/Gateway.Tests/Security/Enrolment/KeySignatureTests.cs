using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using OpenClaw.Gateway.Security.Enrolment;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Answers;
using OpenClaw.Protocol.Enrolment;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Workers;
using Xunit.Abstractions;

namespace OpenClaw.Gateway.Tests.Security.Enrolment;

/// <summary>What a signature is good for, and what nothing else is good for.</summary>
public sealed class KeySignatureTests(LiveGateway gateway, ITestOutputHelper output) : IClassFixture<LiveGateway>
{
    private static readonly DateTimeOffset Now = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_signature_is_of_this_key_this_challenge_this_body_and_this_route()
    {
        using var pc = await EnrolledPc.Join(gateway);
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Func<string, byte[], string>[] wrong =
        [
            (challenge, body) => pc.Sign(challenge, body, by: stranger),
            (challenge, body) => pc.Sign(challenge, [.. body, (byte)' ']),
            (challenge, body) => pc.Sign(challenge, body, Routes.GrantKinds),
            (challenge, body) => pc.Sign("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", body),
            (challenge, body) => pc.Sign(challenge, body).Replace(pc.Machine, new string('b', 64), StringComparison.Ordinal),
            (challenge, body) => pc.Sign(challenge, body)[..^2],
            (challenge, body) => pc.Sign(challenge, body).Replace(pc.Worker.Identity, "0000000000", StringComparison.Ordinal),
            (_, _) => "a.b.c.d", (_, _) => "...", (_, _) => "x",
        ];
        foreach (var sign in wrong)
        {
            var answer = await pc.TryOpen(sign: sign);
            Assert.True(IsUnauthenticated(answer), answer.Why);
        }
        Assert.True((await pc.TryOpen()).IsOk);
    }

    /// <summary>Failures of an address are slowed, too.</summary>
    private static bool IsUnauthenticated(Answer<SessionOpened> answer) => answer.Problem?.Status is 401 or 429;

    [Fact]
    public async Task A_challenge_is_used_once()
    {
        using var pc = await EnrolledPc.Join(gateway);
        var used = "";
        Assert.True((await pc.TryOpen(sign: (challenge, body) => used = pc.Sign(challenge, body))).IsOk);
        Assert.True(IsUnauthenticated(await pc.TryOpen(sign: (_, _) => used)));
    }

    [Fact]
    public async Task A_key_on_another_machine_opens_nothing_and_is_told_so()
    {
        using var pc = await EnrolledPc.Join(gateway);
        var copied = await pc.TryOpen(sign: (challenge, body) => pc.Sign(challenge, body, machine: new string('b', 64)));
        Assert.Equal((403, ProblemTypes.OtherMachine), (copied.Problem?.Status, copied.Problem?.Type));
        Assert.Contains("another machine", copied.Problem?.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_challenge_is_answered_for_whoever_asks_and_tells_nobody_who_is_known()
    {
        using var pc = await EnrolledPc.Join(gateway);
        var anybody = new EnrolmentClient(gateway.With(null));
        var (known, unknown) = (await anybody.AskChallenge(pc.Worker.Identity), await anybody.AskChallenge("nobody0000"));
        Assert.Equal(known.Value!.Challenge.Length, unknown.Value!.Challenge.Length);
        Assert.Equal(HttpStatusCode.BadRequest,
            (await gateway.With(null).Post(Routes.Challenge, $$"""{"identity":"{{new string('a', 65)}}"}""")).Status);
    }

    [Fact]
    public async Task The_secret_of_a_session_is_for_that_session_alone()
    {
        using var pc = await EnrolledPc.Join(gateway);
        using var other = await EnrolledPc.Join(gateway);
        var (first, http) = await pc.Open();
        var (others, _) = await other.Open();
        foreach (var path in new[] { "/worker/heartbeat", "/worker/poll", "/worker/facts" })
        {
            var body = path switch
            {
                "/worker/heartbeat" => $$"""{"session":"{{others.Session}}"}""",
                "/worker/poll" => $$"""{"session":"{{others.Session}}","freeSlots":0,"wait":0}""",
                _ => $$"""{"session":"{{others.Session}}","facts":{"cores":1} }""",
            };
            Assert.Equal(HttpStatusCode.Conflict, (await http.Post(path, body)).Status);
        }
        // It opens no session, grants nothing, and takes no work without a session.
        Assert.Equal(403, (await new WorkersClient(http).OpenSession(pc.Describe())).Problem?.Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await http.Post(Routes.GrantKinds, """{"kinds":["command"]}""")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await http.Get($"/worker/poll?wait=0&name={pc.Name}")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await http.Post("/worker/result", """{"taskId":"x","exitCode":0}""")).Status);

        var (second, next) = await pc.Open();
        var beat = $$"""{"session":"{{second.Session}}"}""";
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK),
            ((await http.Post("/worker/heartbeat", beat)).Status, (await next.Post("/worker/heartbeat", beat)).Status));
        Assert.True(second.Epoch > first.Epoch);
    }

    [Fact]
    public async Task A_key_opens_sessions_of_its_own_name()
    {
        using var pc = await EnrolledPc.Join(gateway);
        var other = await pc.TryOpen(pc.Describe() with { Name = "somebody-else" });
        Assert.Equal((403, "name"), (other.Problem?.Status, other.Problem?.Errors?[0].Field));
        foreach (var http in new[] { gateway.Worker, gateway.Shared })
            Assert.Equal(403, (await new WorkersClient(http).OpenSession(pc.Describe())).Problem?.Status);
    }

    [Fact]
    public void A_challenge_counts_for_a_minute_by_its_key_and_its_identity()
    {
        var key = RandomNumberGenerator.GetBytes(32);
        var made = Challenges.Create(key, "0123456789", Now);
        foreach (var seconds in new[] { -60, 0, 60 })
            Assert.True(Challenges.IsGood(key, "0123456789", made, Now.AddSeconds(seconds)));
        foreach (var seconds in new[] { -61, 61, 3600 })
            Assert.False(Challenges.IsGood(key, "0123456789", made, Now.AddSeconds(seconds)));
        Assert.False(Challenges.IsGood(key, "0123456788", made, Now));
        Assert.False(Challenges.IsGood(RandomNumberGenerator.GetBytes(32), "0123456789", made, Now));
        for (var at = 0; at < made.Length; at++)
        {
            var altered = made[..at] + (made[at] == 'A' ? 'B' : 'A') + made[(at + 1)..];
            Assert.False(Challenges.IsGood(key, "0123456789", altered, Now), altered);
        }
        Assert.False(Challenges.IsGood(key, "0123456789", "", Now));
    }

    [Fact]
    public void Only_a_P256_key_signs()
    {
        var text = "text"u8.ToArray();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var larger = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var spki = key.ExportSubjectPublicKeyInfo();
        var signature = KeySignature.Sign(key, text);
        Assert.True(KeySignature.IsSignedBy(spki, text, signature));
        Assert.False(KeySignature.IsSignedBy(spki, "other"u8.ToArray(), signature));
        Assert.False(KeySignature.IsSignedBy([.. spki, 0], text, signature));
        Assert.False(KeySignature.IsSignedBy([], text, signature));
        Assert.False(KeySignature.IsSignedBy(larger.ExportSubjectPublicKeyInfo(), text, KeySignature.Sign(larger, text)));
        var began = Stopwatch.GetTimestamp();
        const int Times = 200;
        for (var i = 0; i < Times; i++) Assert.True(KeySignature.IsSignedBy(spki, text, signature));
        output.WriteLine($"a signature is checked in {Stopwatch.GetElapsedTime(began).TotalMicroseconds / Times:F0} us");
    }
}
