using Microsoft.Extensions.Time.Testing;
using OpenClaw.Worker.FileSystems;
using OpenClaw.Worker.Processes.Tests.Harness;

namespace OpenClaw.Worker.Tests.FileSystems;

public sealed class FileSystemCallsTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly FakeTimeProvider clock = new();
    private readonly ManualResetEventSlim answers = new();
    private readonly FileSystemCalls calls;

    public FileSystemCallsTests() => calls = new FileSystemCalls(2, clock);

    public void Dispose() => answers.Set();

    [Fact]
    public async Task An_answer_and_a_fault_come_through()
    {
        Assert.Equal(new(true, 7), await calls.RunWithTimeout(() => 7, Limit));
        await Assert.ThrowsAsync<IOException>(() => calls.RunWithTimeout<int>(() => throw new IOException(), Limit));
        Assert.Equal(7, calls.RunWithTimeout(() => 7, 0, Limit));
    }

    [Fact]
    public async Task What_takes_too_long_is_given_up_and_its_late_answer_is_of_no_interest()
    {
        var asking = calls.RunWithTimeout(Hang, Limit);
        clock.Advance(Limit);
        Assert.False((await asking).Completed);
        Assert.Equal(1, calls.Hanging);
        answers.Set();
        await Until.True(() => calls.Hanging == 0, "it came back");
    }

    [Fact]
    public async Task A_cancel_gives_it_up()
    {
        using var stop = new CancellationTokenSource();
        var asking = calls.RunWithTimeout(Hang, Timeout.InfiniteTimeSpan, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        Assert.Equal(1, calls.Hanging);
    }

    [Fact]
    public async Task Only_so_many_hang_and_then_nothing_is_asked_until_one_comes_back()
    {
        var both = new[] { calls.RunWithTimeout(Hang, Limit), calls.RunWithTimeout(Hang, Limit) };
        clock.Advance(Limit);
        await Task.WhenAll(both);
        var asked = false;
        Assert.False((await calls.RunWithTimeout(() => asked = true, Limit)).Completed);
        Assert.False(asked);
        answers.Set();
        await Until.True(() => calls.Hanging == 0, "they came back");
        Assert.True((await calls.RunWithTimeout(() => asked = true, Limit)).Completed);
    }

    private int Hang()
    {
        answers.Wait();
        return 0;
    }
}
