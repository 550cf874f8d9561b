using OpenClaw.Worker.Attempts;

namespace OpenClaw.Worker.Tests.Attempts;

/// <summary>An attempt that was given up may be offered again before its last steps are done.</summary>
public sealed class RunningAttemptsTests
{
    [Fact]
    public async Task The_next_of_the_same_id_begins_after_the_last_steps_of_the_one_before()
    {
        var running = new RunningAttempts();
        var (order, last, done) = (new List<string>(), new TaskCompletionSource(), new TaskCompletionSource());
        running.Start("a", async () =>
        {
            await last.Task;
            order.Add("last steps of the first");
        });
        running.Start("a", () =>
        {
            order.Add("second");
            done.SetResult();
            return Task.CompletedTask;
        });
        last.SetResult();
        await done.Task.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(["last steps of the first", "second"], order);
    }

    [Fact]
    public async Task The_end_waits_for_one_that_began_while_the_one_before_was_about_to_end()
    {
        var running = new RunningAttempts();
        var (first, second) = (new TaskCompletionSource(), new TaskCompletionSource());
        running.Start("a", () => first.Task);
        running.Start("a", () => second.Task);
        var before = running.Finished();
        first.SetResult();
        await Task.Yield();
        Assert.False(before.IsCompleted || running.Finished().IsCompleted);
        second.SetResult();
        await before.WaitAsync(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task One_that_failed_keeps_nobody_from_beginning()
    {
        var (running, begun) = (new RunningAttempts(), new TaskCompletionSource());
        running.Start("a", () => throw new InvalidOperationException());
        running.Start("a", () =>
        {
            begun.SetResult();
            return Task.CompletedTask;
        });
        await begun.Task.WaitAsync(TimeSpan.FromMinutes(1));
    }
}
