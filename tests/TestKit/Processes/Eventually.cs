using System.Diagnostics;

namespace OpenClaw.TestKit.Processes;

/// <summary>
/// Waits for what another process does: for long, as what is no assertion about time must not fail on a machine that is busy.
/// </summary>
public static class Eventually
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    public static Task Is(Func<bool> condition, string what, int seconds = 60) => Is(() => Task.FromResult(condition()), what, seconds);

    public static async Task Is(Func<Task<bool>> condition, string what, int seconds = 60)
    {
        var begin = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(begin).TotalSeconds < seconds, $"Not within {seconds} s: {what}.");
            await Task.Delay(Step, TimeProvider.System);
        }
    }
}
