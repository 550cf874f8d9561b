using Microsoft.Extensions.Time.Testing;
using OpenClaw.Gateway.Tasks;

namespace OpenClaw.Gateway.Tests.Tasks;

public sealed class StaleWhileRevalidateTests
{
    private readonly FakeTimeProvider clock = new();
    private readonly StaleWhileRevalidate<string> remembered;
    private string truth = "one";
    private int fetches;

    public StaleWhileRevalidateTests() => remembered = new(TimeSpan.FromSeconds(1), clock, _ =>
    {
        fetches++;
        return Task.FromResult(truth);
    });

    [Fact]
    public async Task A_fresh_answer_is_not_fetched_again()
    {
        await remembered.GetValue("t");
        truth = "two";
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("one", await remembered.GetValue("t"));
        Assert.Equal(1, fetches);
    }

    [Fact]
    public async Task An_answer_a_moment_old_is_told_while_it_is_fetched_anew()
    {
        await remembered.GetValue("t");
        truth = "two";
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("one", await remembered.GetValue("t"));
        Assert.Equal("two", await remembered.GetValue("t"));
        Assert.Equal(2, fetches);
    }

    [Fact]
    public async Task An_old_answer_is_told_to_nobody()
    {
        await remembered.GetValue("t");
        truth = "two";
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal("two", await remembered.GetValue("t"));
    }

    [Fact]
    public async Task Each_tenant_has_its_own()
    {
        await remembered.GetValue("t");
        truth = "two";
        Assert.Equal("two", await remembered.GetValue("u"));
        Assert.Equal("one", await remembered.GetValue("t"));
    }

    [Fact]
    public async Task All_who_ask_first_wait_for_one_answer_and_after_its_failure_for_another()
    {
        var asked = new Queue<TaskCompletionSource<string>>();
        var slow = new StaleWhileRevalidate<string>(TimeSpan.FromSeconds(1), clock, _ =>
        {
            asked.Enqueue(new());
            return asked.Last().Task;
        });
        Task<string>[] first = [slow.GetValue("t").AsTask(), slow.GetValue("t").AsTask()];
        Assert.Single(asked).SetException(new IOException());
        foreach (var one in first) await Assert.ThrowsAsync<IOException>(() => one);

        first = [slow.GetValue("t").AsTask(), slow.GetValue("t").AsTask()];
        Assert.Equal(2, asked.Count);
        asked.Last().SetResult("two");
        Assert.Equal(["two", "two"], await Task.WhenAll(first));
    }
}
