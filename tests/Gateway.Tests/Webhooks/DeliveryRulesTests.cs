using System.Text;
using OpenClaw.Gateway.Webhooks;
using OpenClaw.GrainInterfaces.Webhooks;

namespace OpenClaw.Gateway.Tests.Webhooks;

public sealed class DeliveryRulesTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(200, true, false), InlineData(204, true, false), InlineData(299, true, false)]
    [InlineData(301, false, false), InlineData(307, false, false), InlineData(400, false, false), InlineData(401, false, false)]
    [InlineData(404, false, false), InlineData(410, false, true), InlineData(429, false, false), InlineData(500, false, false)]
    [InlineData(199, false, false)]
    public void A_2xx_is_a_yes_and_a_410_is_for_good(int status, bool taken, bool final)
    {
        var result = DeliveryRules.FromStatus(status, null);
        Assert.Equal((taken, final), (result.Error is null, result.IsFinal));
    }

    [Fact]
    public void The_pauses_grow_from_seconds_to_an_hour_until_the_day_is_over()
    {
        var (now, pauses, webhook) = (Noon, new List<double>(), Waiting());
        while (true)
        {
            webhook = webhook with { Attempts = webhook.Attempts + 1 };
            var attempt = DeliveryRules.JudgeAttempt(webhook, new("the receiver answered 503"), now, new WebhookOptions().BackOff, 1);
            Assert.Equal((webhook.Attempts, "the receiver answered 503"), (attempt.Attempt, attempt.Error));
            if (attempt.State == WebhookState.Dead) break;
            Assert.Equal(WebhookState.Waiting, attempt.State);
            pauses.Add((attempt.At - now).TotalSeconds);
            now = attempt.At;
        }
        Assert.Equal([5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600], pauses.Take(12));
        Assert.InRange(now - Noon, TimeSpan.FromHours(23), TimeSpan.FromHours(24));
    }

    [Theory]
    [InlineData(0.0, null, 2.5), InlineData(0.5, null, 3.75), InlineData(1.0, null, 5)]
    [InlineData(1.0, 0, 5), InlineData(1.0, 120, 120), InlineData(1.0, 86_400, 3_600)]
    public void Jitter_spreads_them_and_a_receiver_may_ask_for_up_to_an_hour(double chance, int? asked, double seconds)
    {
        var result = new DeliveryResult("the receiver answered 429", asked is { } s ? TimeSpan.FromSeconds(s) : null);
        var attempt = DeliveryRules.JudgeAttempt(Waiting() with { Attempts = 1 }, result, Noon, new WebhookOptions().BackOff, chance);
        Assert.Equal(Noon.AddSeconds(seconds), attempt.At);
    }

    [Fact]
    public void The_signature_is_that_of_standard_webhooks()
    {
        // By: printf '%s' "$id.$time.$body" | openssl dgst -sha256 -mac HMAC -macopt hexkey:$key -binary | base64
        var (secret, former) = (Convert.FromBase64String("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), "former"u8.ToArray());
        var body = Encoding.UTF8.GetBytes("""{"test": 2432232314}""");
        var at = DateTimeOffset.FromUnixTimeSeconds(1614265330);
        const string Newest = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

        Assert.Equal(Newest, WebhookSignature.Sign(new(secret, null, null), "msg_p5jXN8AQM9LWM0D4loKWxJek", at, body));
        var both = WebhookSignature.Sign(new(secret, former, at.AddSeconds(1)), "msg_p5jXN8AQM9LWM0D4loKWxJek", at, body).Split(' ');
        Assert.Equal((2, Newest), (both.Length, both[0]));
        Assert.Equal(Newest, WebhookSignature.Sign(new(secret, former, at), "msg_p5jXN8AQM9LWM0D4loKWxJek", at, body));
        Assert.Equal("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", WebhookSignature.FormatSecret(secret));
    }

    private static Webhook Waiting() => new()
    {
        Id = Guid.NewGuid(), Task = Guid.NewGuid(), Tenant = "default", Route = WebhookRoute.Url, Target = "https://a.example/",
        Host = "a.example", Event = Webhook.TaskEnded, CreatedAt = Noon, DueAt = Noon, GiveUpAt = Noon + Webhook.RetryFor,
        State = WebhookState.Waiting,
    };
}
