using System.Buffers;

namespace OpenClaw.Gateway.Requests;

/// <summary>
/// Memory of large bodies, bounded however many clients send one: two at a time become objects, and their garbage goes before it piles up.
/// The collector itself waits for gigabytes of it on a machine that has them.
/// </summary>
internal static class LargeBodies
{
    /// <summary>
    /// Bytes of a body that is large. Smaller ones are read into the pool's arrays; the pool keeps larger ones, one for each thread.
    /// </summary>
    public const int Threshold = 1024 * 1024;

    private const int AtOnce = 2;
    private const long LeastGarbage = 12L << 20;
    private const long SmallHeap = 256L << 20;
    private static readonly SemaphoreSlim Turns = new(AtOnce);
    private static readonly object Key = new();
    private static long passed;

    /// <summary>An array of at least this length.</summary>
    public static byte[] RentArray(int length) =>
        length > Threshold ? GC.AllocateUninitializedArray<byte>(length) : ArrayPool<byte>.Shared.Rent(length);

    /// <summary>Gives an array back that <see cref="RentArray"/> gave.</summary>
    public static void ReturnArray(byte[] body)
    {
        if (body.Length is > 0 and <= Threshold) ArrayPool<byte>.Shared.Return(body);
    }

    /// <summary>
    /// Waits for the turn of a request whose body is large. It ends with <see cref="EndTurn"/>, at the latest with the request.
    /// </summary>
    public static async ValueTask WaitForTurn(HttpContext context, int bytes)
    {
        if (bytes <= Threshold) return;
        await Turns.WaitAsync(context.RequestAborted);
        var turn = new Turn(bytes);
        context.Items[Key] = turn;
        context.Response.RegisterForDispose(turn);
    }

    /// <summary>What the request's body became is committed, or refused. Nothing for a request whose body is not large.</summary>
    public static void EndTurn(HttpContext context)
    {
        if (context.Items.TryGetValue(Key, out var turn)) ((Turn)turn!).Dispose();
    }

    /// <summary>
    /// So many bytes of a payload have passed and are garbage. The collections cost in proportion to what lives, so the more lives the
    /// more may pass between two of them.
    /// </summary>
    public static void CountPassed(long bytes)
    {
        if (Interlocked.Add(ref passed, bytes) < Math.Max(LeastGarbage, GC.GetTotalMemory(false) / 8)) return;
        if (Interlocked.Exchange(ref passed, 0) == 0) return;
        // Memory goes back to the system where the heap is small: tens of milliseconds. A large one keeps it for the next.
        var mode = GC.GetTotalMemory(false) < SmallHeap ? GCCollectionMode.Aggressive : GCCollectionMode.Forced;
        GC.Collect(GC.MaxGeneration, mode, blocking: true, compacting: mode == GCCollectionMode.Aggressive);
    }

    private sealed class Turn(int bytes) : IDisposable
    {
        private int ended;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref ended, 1) != 0) return;
            Turns.Release();
            // After whoever leaves: the methods that are still under way hold what the body became.
            ThreadPool.UnsafeQueueUserWorkItem(CountPassed, (long)bytes, preferLocal: true);
        }
    }
}
