using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Webhooks;

namespace OpenClaw.Storage.Tests.Webhooks;

public abstract class WebhookOutboxContract : StoreContract
{
    private static readonly DateTimeOffset Noon = Sample.Noon;

    [Fact]
    public async Task A_task_that_ends_and_names_a_url_has_a_webhook_from_that_commit_on_and_one_only()
    {
        var task = Sample.Queued(Asking("https://ci.example/hook?key=1"));
        var etag = await Store.Tasks.Write(task);
        var running = task.Started();
        etag = await Store.Tasks.Write(running, etag);
        Assert.Null(await Store.Webhooks.FindNextDue(default));
        var ended = running.Ended(TaskState.Failed);
        etag = await Store.Tasks.Write(ended, etag);
        await Store.Tasks.Write(ended.Next(TaskState.Failed, "result"), etag);

        await using var killed = await Store.AfterKill();
        var webhook = Assert.Single(await killed.Webhooks.ReadOfTask(task.Id, default));
        Assert.Equal(
            (task.Id, "default", WebhookRoute.Url, "https://ci.example/hook?key=1", "ci.example", "task.ended", WebhookState.Waiting, 0),
            (webhook.Task, webhook.Tenant, webhook.Route, webhook.Target, webhook.Host, webhook.Event, webhook.State, webhook.Attempts));
        Assert.Equal((Noon, Noon, Noon.AddDays(1)), (webhook.CreatedAt, webhook.DueAt, webhook.GiveUpAt));
        Assert.Equal(Noon, await killed.Webhooks.FindNextDue(default));
        Assert.Equal(1, await killed.Webhooks.CountWaiting(default));
    }

    [Fact]
    public async Task A_task_without_a_url_or_one_whose_write_lost_has_none()
    {
        await End(Sample.Spec());
        var task = Sample.Queued(Asking("https://ci.example/"));
        await Store.Tasks.Write(task);
        await Assert.ThrowsAnyAsync<Exception>(() => Store.Tasks.Write(task.Started().Ended(TaskState.Failed), "7"));

        Assert.Null(await Store.Webhooks.FindNextDue(default));
    }

    [Fact]
    public async Task The_answer_of_a_turn_goes_to_its_channel_unless_the_worker_of_the_original_posts_it()
    {
        var spec = Sample.Spec(kind: "claude", requires: "kind:claude") with { CallbackChannel = "42", CallbackUrl = "https://a.example/" };
        var bySession = await End(spec);
        var byOriginal = await End(spec, epoch: 0);

        var (two, one) = (await Store.Webhooks.ReadOfTask(bySession, default), await Store.Webhooks.ReadOfTask(byOriginal, default));
        Assert.Equal([WebhookRoute.Url, WebhookRoute.Chat], two.Select(hook => hook.Route));
        Assert.Equal([WebhookRoute.Url], one.Select(hook => hook.Route));
    }

    [Fact]
    public async Task What_is_claimed_is_nobody_else_s_until_the_claim_ends()
    {
        await End(Asking("https://a.example/"));
        await End(Asking("https://b.example/"));

        var both = await Task.WhenAll(Claim(Noon), Claim(Noon), Claim(Noon), Claim(Noon));
        var claimed = both.SelectMany(webhooks => webhooks).ToList();

        Assert.Equal(["a.example", "b.example"], claimed.Select(hook => hook.Host).Order());
        Assert.All(claimed, hook => Assert.Equal((1, Noon.AddMinutes(1)), (hook.Attempts, hook.DueAt)));
        Assert.Empty(await Claim(Noon.AddSeconds(59)));
        Assert.Equal([2, 2], (await Claim(Noon.AddMinutes(1))).Select(hook => hook.Attempts));
    }

    [Fact]
    public async Task A_busy_host_and_many_for_one_host_hold_up_nobody_else()
    {
        for (var i = 0; i < 5; i++) await End(Asking("https://slow.example/"));
        await End(Asking("https://busy.example/"));
        await End(Asking("https://quick.example/"));

        var claimed = await Claim(Noon, perHost: 2, busy: "busy.example");

        Assert.Equal(["quick.example", "slow.example", "slow.example"], claimed.Select(hook => hook.Host).Order());
        Assert.Single(await Claim(Noon, most: 1));
    }

    [Fact]
    public async Task An_attempt_is_recorded_unless_a_newer_one_began_and_a_delivery_always()
    {
        await End(Asking("https://a.example/"));
        var first = Assert.Single(await Claim(Noon));
        Assert.True(await Record(first, WebhookState.Waiting, Noon.AddSeconds(5), "the receiver answered 503"));
        Assert.Equal((Noon.AddSeconds(5), "the receiver answered 503"), await Look(first, hook => (hook.DueAt, hook.LastError)));
        var second = Assert.Single(await Claim(Noon.AddSeconds(5)));

        Assert.False(await Record(first, WebhookState.Dead, Noon, "late"));
        Assert.Equal(WebhookState.Waiting, await Look(first, hook => hook.State));
        Assert.True(await Record(first, WebhookState.Delivered, Noon.AddSeconds(9), null));
        var delivered = await Look(first, hook => (hook.State, hook.EndedAt, hook.LastError));
        Assert.Equal((WebhookState.Delivered, Noon.AddSeconds(9), null), delivered);
        Assert.False(await Record(second, WebhookState.Waiting, Noon, "later still"));
        Assert.Null(await Store.Webhooks.FindNextDue(default));
        Assert.Empty(await Claim(Noon.AddDays(1)));
    }

    [Fact]
    public async Task What_was_given_up_is_listed_and_can_be_sent_again()
    {
        var ids = new List<Guid>();
        for (var i = 0; i < 3; i++) await End(Asking("https://a.example/"));
        foreach (var hook in await Claim(Noon))
        {
            ids.Add(hook.Id);
            await Record(hook, WebhookState.Dead, Noon.AddDays(1), "the receiver answered 500");
        }
        await End(Asking("https://a.example/"));

        var first = await Store.Webhooks.ReadPage(new("default", WebhookState.Dead, null, 2), default);
        var second = await Store.Webhooks.ReadPage(new("default", WebhookState.Dead, first.Next, 2), default);
        Assert.Equal(ids.Order(), first.Webhooks.Concat(second.Webhooks).Select(hook => hook.Id).Order());
        Assert.Null(second.Next);
        Assert.Empty((await Store.Webhooks.ReadPage(new("other", WebhookState.Dead, null, 2), default)).Webhooks);

        var later = Noon.AddDays(3);
        Assert.True(await Store.Webhooks.Revive(ids[0], later, default));
        Assert.False(await Store.Webhooks.Revive(ids[0], later, default));
        Assert.False(await Store.Webhooks.Revive(Guid.NewGuid(), later, default));
        var revived = (await Store.Webhooks.Find(ids[0], default))!;
        Assert.Equal(
            (WebhookState.Waiting, later, later.AddDays(1), 0), (revived.State, revived.DueAt, revived.GiveUpAt, revived.Attempts));
        Assert.Null(await Store.Webhooks.Find(Guid.NewGuid(), default));
    }

    [Fact]
    public async Task A_task_stays_while_its_webhook_waits_and_they_go_together()
    {
        var longAgo = Noon.AddDays(-8);
        await End(Asking("https://a.example/"), longAgo);
        Assert.Equal(0, await Store.SweepOnce());
        var webhook = Assert.Single(await Claim(Noon));
        await Record(webhook, WebhookState.Delivered, Noon, null);

        Assert.Equal(1, await Store.SweepOnce());
        Assert.Equal(0, await Store.DependentRows());
    }

    [Fact]
    public async Task A_tenant_has_one_secret_and_the_one_before_for_a_while()
    {
        var made = await Task.WhenAll(Enumerable.Range(1, 5).Select(i => Store.Secrets.GetOrAdd("default", [(byte)i], default).AsTask()));
        Assert.Single(made.Select(secret => secret.Secret[0]).Distinct());
        Assert.Null(made[0].Former);

        await Store.Secrets.Rotate("default", [77], Noon.AddDays(1), default);
        await Store.Secrets.Rotate("other", [88], Noon.AddDays(1), default);

        var now = await Store.Secrets.GetOrAdd("default", [99], default);
        Assert.Equal([77], now.Secret);
        Assert.Equal(made[0].Secret, now.Former);
        Assert.Equal(Noon.AddDays(1), now.FormerUntil);
        var other = await Store.Secrets.GetOrAdd("other", [99], default);
        Assert.Equal([88], other.Secret);
        Assert.Null(other.Former);
    }

    private static TaskSpec Asking(string url) => Sample.Spec() with { CallbackUrl = url };

    private async Task<Guid> End(TaskSpec spec, DateTimeOffset? at = null, long epoch = 7)
    {
        var task = Sample.Queued(spec, at);
        var etag = await Store.Tasks.Write(task);
        var running = task.Started(at: at) with { Epoch = epoch };
        etag = await Store.Tasks.Write(running, etag);
        await Store.Tasks.Write(running.Ended(TaskState.Succeeded, at), etag);
        return task.Id;
    }

    private Task<IReadOnlyList<Webhook>> Claim(DateTimeOffset now, int most = 10, int perHost = 10, params string[] busy) =>
        Store.Webhooks.ClaimDue(new(now, now.AddMinutes(1), most, perHost, busy), default).AsTask();

    private Task<bool> Record(Webhook webhook, WebhookState state, DateTimeOffset at, string? error) =>
        Store.Webhooks.RecordAttempt(new(webhook.Id, webhook.Attempts, state, at, error), default).AsTask();

    private async Task<T> Look<T>(Webhook webhook, Func<Webhook, T> read) => read((await Store.Webhooks.Find(webhook.Id, default))!);
}
