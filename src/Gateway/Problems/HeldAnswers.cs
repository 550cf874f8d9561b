using OpenClaw.Gateway.Security;

namespace OpenClaw.Gateway.Problems;

/// <summary>
/// Answers whose content is waited for. Proxies cut what is silent for 30, 50 or 60 s, and many of them learn that a client has gone only
/// by a byte they can't deliver. So an answer that is waited for long begins before it is known: 200 and a blank, which JSON takes before
/// it, and more blanks until it comes. From then on it can't be a refusal any more; what fails is cut (<see cref="Answers"/>).
/// </summary>
internal static class HeldAnswers
{
    /// <summary>What comes before is the answer it would be without all this, to the byte.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(10);

    /// <summary>The shortest clock of a common proxy, h2o's, is 30 s.</summary>
    public static readonly TimeSpan Beat = TimeSpan.FromSeconds(15);

    private static readonly byte[] Blank = " "u8.ToArray();

    /// <summary>
    /// The content, which comes within <paramref name="longest"/>; the answer has begun when it took more than <see cref="Silence"/>, with
    /// a blank each <paramref name="beat"/> from then on.
    /// </summary>
    public static ValueTask<T> HoldUntilReady<T>(
        this HttpContext context, ValueTask<T> content, TimeSpan longest, TimeSpan beat, TimeProvider clock) =>
        content.IsCompleted ? content
        : longest <= Silence ? HoldSilently(context, content)
        : HoldUntilReady(context, content.AsTask(), beat, clock);

    private static async ValueTask<T> HoldSilently<T>(HttpContext context, ValueTask<T> content)
    {
        using var cut = context.CutWhenRevoked();
        return await content;
    }

    private static async ValueTask<T> HoldUntilReady<T>(HttpContext context, Task<T> content, TimeSpan beat, TimeProvider clock)
    {
        using var cut = context.CutWhenRevoked();
        // Thousands are held at once: no beat allocates anything.
        using var beats = new PeriodicTimer(Silence, clock);
        content.GetAwaiter().UnsafeOnCompleted(beats.Dispose);
        while (await beats.WaitForNextTickAsync())
        {
            if (!context.Response.HasStarted)
            {
                BeginAnswer(context.Response);
                beats.Period = beat;
            }
            // Nobody else writes meanwhile. To a connection that has gone this is a no-op; the content ends by its own token then.
            await context.Response.BodyWriter.WriteAsync(Blank);
        }
        return await content;
    }

    private static void BeginAnswer(HttpResponse response)
    {
        response.ContentType = "application/json";
        response.Headers.CacheControl = "no-store";
        // nginx and its kin keep an answer back until some kilobytes of it are there.
        response.Headers["X-Accel-Buffering"] = "no";
    }
}
