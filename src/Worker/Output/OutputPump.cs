using System.Security.Cryptography;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Output;
using OpenClaw.Protocol.Problems;
using OpenClaw.Worker.Polling;
using OpenClaw.Worker.Processes.Output;
using OpenClaw.Worker.Transport;

namespace OpenClaw.Worker.Output;

/// <summary>Where a pump's bytes come from.</summary>
internal enum PumpMode
{
    /// <summary>From the program: while the server is away the middle is cut, for a program is not to stand still for hours.</summary>
    Direct = 0,
    /// <summary>From a log on disk, which can wait for as long as the server is away.</summary>
    Kept = 1,
    /// <summary>From a log, from its first byte, of which the server may have a part.</summary>
    Replayed = 2,
}

/// <summary>Counts and digests over everything, and the chunks the server may not have yet.</summary>
internal sealed record OutputRemainder(
    OutputChunk[] Unsent, long StdoutBytes, long StderrBytes, string? StdoutSha256, string? StderrSha256);

/// <summary>
/// Takes what a task prints and sends it on: a chunk when 64 KiB are there or 200 ms after its first byte. What a short task prints is
/// never sent here; it goes with the result. Memory is bounded: while the server answers, a fast program is slowed down; while it is
/// away, the middle is cut.
/// </summary>
/// <remarks>
/// Three parties meet here. <b>Writers</b>: the threads that read a program's pipes, or the one that follows its log; they add to the
/// buffer and may block. <b>The sender</b>: one task, started by the constructor, which alone takes from the buffer and numbers chunks
/// until <see cref="Complete"/> has waited for its end. <b>Whoever ends the attempt</b>: calls <see cref="StopBlocking"/> and
/// <see cref="Complete"/>. All mutable fields are guarded by <c>gate</c>, a monitor because writers wait on it, with these exceptions:
/// <c>finishing</c> is volatile and only ever becomes true; <c>unsent</c> and <c>numbers</c> are the sender's while it runs, which is why
/// it reads them without the lock (the lock in <see cref="SetUnsent"/> wakes writers); <c>printed</c> is set by a writer before the
/// executor returns, so before <see cref="Complete"/>; <c>endsWithRoom</c> is <see cref="Complete"/>'s; the sender may see an
/// old <c>located</c>, which costs one more question to the server. No call to the server is made under the lock.
/// </remarks>
internal sealed class OutputPump : IOutputSink
{
    /// <summary>Bytes of memory from which on a writer waits.</summary>
    public const int Capacity = 4 * 1024 * 1024;
    private const int MostGaps = 5;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan RoomTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LastCall = TimeSpan.FromSeconds(2);
    /// <summary>A number that no output reaches: the server answers a chunk that has it with where to go on.</summary>
    private const long FarAhead = long.MaxValue / 2;
    private readonly object gate = new();
    private readonly OutputBuffer buffer = new(Capacity);
    private readonly ChunkNumbers numbers = new();
    private readonly CallSize size;
    private readonly IncrementalHash stdoutHash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly IncrementalHash stderrHash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly Signal data = new();
    private readonly Signal chunkful = new();
    private readonly CancellationTokenSource sendingStopped = new();
    private readonly Func<OutputChunk[], CancellationToken, Task<Reply<OutputTaken>>> send;
    private readonly TimeProvider clock;
    private readonly long began;
    private readonly TimeSpan age;
    private readonly Task sending;
    private OutputChunk[] unsent = [];
    private long stdoutBytes;
    private long stderrBytes;
    private long lastWrite;
    private long latest;
    private bool serverAway;
    private bool discards;
    private volatile bool finishing;
    private bool mayBlock;
    private bool endsWithRoom;
    private bool located;
    private bool leftToResult;
    private long stdoutKnown;
    private long stderrKnown;
    private PrintedTotals? printed;

    /// <param name="send">Sends chunks to the server.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="mode">What it may do when it is written to faster than it can send.</param>
    /// <param name="age">How long ago the attempt began.</param>
    /// <param name="limit">What comes through to the server in one call.</param>
    public OutputPump(
        Func<OutputChunk[], CancellationToken, Task<Reply<OutputTaken>>> send, TimeProvider clock, PumpMode mode = PumpMode.Direct,
        TimeSpan age = default, BodyLimit? limit = null)
    {
        size = new CallSize(limit ?? new BodyLimit(clock));
        (mayBlock, located) = (mode != PumpMode.Direct, mode != PumpMode.Replayed);
        (this.send, this.age) = (send, age);
        this.clock = clock;
        began = lastWrite = clock.GetTimestamp();
        sending = Task.Run(RunSendLoop);
    }

    /// <summary>When something was printed last, on the monotonic clock.</summary>
    public long LastWrite => Interlocked.Read(ref lastWrite);

    public void Write(OutputStream stream, ReadOnlySpan<byte> bytes) => Write(stream, bytes, age + clock.GetElapsedTime(began));

    public void Write(OutputStream stream, ReadOnlySpan<byte> bytes, TimeSpan elapsed)
    {
        if (bytes.IsEmpty) return;
        Interlocked.Exchange(ref lastWrite, clock.GetTimestamp());
        lock (gate)
        {
            AddToTotals(stream, bytes);
            while (!located && !finishing && !discards)
                Monitor.Wait(gate);
            bytes = SkipKnown(stream, bytes);
            if (discards || bytes.IsEmpty) return;
            // A wall clock that was set can make the time negative or huge; the server would reject such a chunk.
            latest = Math.Clamp((long)elapsed.TotalMilliseconds, latest, Limits.StartWithin);
            buffer.Add(stream, bytes, latest);
            // Wakes the sender before this thread waits for room: nobody else makes any.
            if (buffer.Bytes >= PendingChunk.Largest) chunkful.Set();
            data.Set();
            MakeRoom();
        }
    }

    public void ReportCut(PrintedTotals totals) => printed = totals;

    /// <summary>False while a writer would wait.</summary>
    public bool HasRoom()
    {
        lock (gate) return located && !buffer.IsFull;
    }

    /// <summary>From now on no writer waits for the server: the attempt is to end. Called on any thread.</summary>
    public void StopBlocking()
    {
        lock (gate)
        {
            mayBlock = false;
            LeaveToResult();
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>Nothing more is printed: stops sending and hands over what is left.</summary>
    /// <param name="writeLast">Writes the last few bytes, which somebody has held until now.</param>
    public async Task<OutputRemainder> Complete(Action? writeLast = null)
    {
        // Set before the sender is woken and before the lock is taken: whoever wakes up sees it, and nobody begins to wait after PulseAll.
        finishing = true;
        data.Set();
        chunkful.Set();
        bool hopeless;
        lock (gate)
        {
            LeaveToResult();
            hopeless = serverAway;
            Monitor.PulseAll(gate);
        }
        if (hopeless || await Task.WhenAny(sending, Task.Delay(LastCall, clock)) != sending)
            await sendingStopped.CancelAsync();
        // From here on the sender is gone, so its chunks and numbers are this caller's.
        await sending;
        // Few, and nothing makes room any more: they go beyond the bound.
        endsWithRoom = true;
        writeLast?.Invoke();
        lock (gate)
        {
            endsWithRoom = false;
            var rest = new List<OutputChunk>(unsent);
            while (!discards && !buffer.IsEmpty)
                rest.AddRange(numbers.NumberChunks(buffer.TakeOldest(CallSize.Largest, CallSize.Chunks)));
            sendingStopped.Dispose();
            var all = new PrintedTotals(stdoutBytes, stderrBytes, ToHex(stdoutHash), ToHex(stderrHash));
            all = printed ?? all;
            return new OutputRemainder([.. rest], all.StdoutBytes, all.StderrBytes, all.StdoutSha256, all.StderrSha256);
        }
    }

    /// <summary>
    /// What the server has of it is not known, and is not waited for any longer: all of it goes with the result, under numbers far ahead.
    /// The server answers those with where to go on, and the result's sender leaves out what the server has. Under the lock; the sender,
    /// which is still asking, has numbered nothing yet and checks <c>leftToResult</c> under the lock before it does.
    /// </summary>
    private void LeaveToResult()
    {
        if (located || discards) return;
        (located, leftToResult, serverAway) = (true, true, true);
        numbers.ResumeFrom(new NextOutput(FarAhead, 0, 0));
    }

    private static string ToHex(IncrementalHash hash)
    {
        using (hash)
            return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private void AddToTotals(OutputStream stream, ReadOnlySpan<byte> bytes)
    {
        (stream == OutputStream.Stdout ? stdoutHash : stderrHash).AppendData(bytes);
        (stream == OutputStream.Stdout ? ref stdoutBytes : ref stderrBytes) += bytes.Length;
    }

    /// <summary>
    /// Under the lock, which the wait gives up. A program under a supervisor may be held up for as long as it takes, because its log is on
    /// disk; a direct one only while the sender makes progress, that is, pulses within <see cref="RoomTimeout"/>.
    /// </summary>
    private void MakeRoom()
    {
        for (var pulsed = true; buffer.IsFull && !finishing && !discards && (mayBlock || (!serverAway && pulsed));)
            pulsed = Monitor.Wait(gate, RoomTimeout);
        if (buffer.IsFull && !endsWithRoom) buffer.CutMiddle();
    }

    private async Task RunSendLoop()
    {
        try
        {
            await LocatePosition();
            lock (gate)
            {
                if (leftToResult) return;
            }
            while (!finishing)
            {
                await data.Wait(sendingStopped.Token);
                await chunkful.Wait(Interval, clock, sendingStopped.Token);
                while (!finishing && FillUnsent())
                    await SendUnsent();
            }
        }
        catch (OperationCanceledException)
        {
            // Completed while the server was away: the result carries the rest.
        }
    }

    /// <summary>
    /// Before what was printed is sent a second time: asks the server what it has. A chunk far behind all that can be there is answered
    /// with where to go on.
    /// </summary>
    private async Task LocatePosition()
    {
        var pause = ReconnectDelay.CreateJittered();
        while (!located && !discards)
        {
            var probe = new OutputChunk { Stream = StreamNames.Stdout, Sequence = long.MaxValue, Offset = 0, Data = [0] };
            var reply = await send([probe], sendingStopped.Token);
            if (reply.Problem is { Next: { } next } && reply.IsProblem(ProblemTypes.OutputGap))
                LocatePosition(next);
            else if (reply.MayRetry || reply.SessionLost)
                await WaitBeforeRetry(pause.GetNext());
            else
                DiscardAll();
        }
    }

    private void LocatePosition(NextOutput next)
    {
        lock (gate)
        {
            // The answer came after LeaveToResult: all of it goes with the result, under other numbers.
            if (leftToResult) return;
            numbers.ResumeFrom(next);
            (stdoutKnown, stderrKnown, located, serverAway) = (next.StdoutOffset, next.StderrOffset, true, false);
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>The part of the bytes that the server does not have yet.</summary>
    private ReadOnlySpan<byte> SkipKnown(OutputStream stream, ReadOnlySpan<byte> bytes)
    {
        ref var known = ref stream == OutputStream.Stdout ? ref stdoutKnown : ref stderrKnown;
        var skip = (int)Math.Min(known, bytes.Length);
        known -= skip;
        return bytes[skip..];
    }

    private bool FillUnsent()
    {
        lock (gate)
        {
            unsent = numbers.NumberChunks(buffer.TakeOldest(size.Bytes, CallSize.Chunks));
            Monitor.PulseAll(gate);
            return unsent.Length > 0;
        }
    }

    private async Task SendUnsent()
    {
        var pause = ReconnectDelay.CreateJittered();
        var gaps = 0;
        while (unsent.Length > 0)
        {
            if (unsent[0].Data.Length > size.Most) SetUnsent(numbers.SplitChunks(unsent, size.Most), isAway: false);
            var (call, began) = (size.SelectChunks(unsent), clock.GetTimestamp());
            var reply = await send(call, sendingStopped.Token);
            if (reply.NoAnswer is null)
                size.RecordAnswer(clock.GetElapsedTime(began));
            else if (!reply.IsTooLarge)
                size.RecordFailure();
            if (reply.IsOk && OutputAcceptance.IsFullyTaken(call, reply.Value?.Next))
                SetUnsent(unsent[call.Length..], isAway: false);
            else if (FindNextOutput(reply) is { } next && gaps++ < MostGaps)
                SetUnsent(numbers.RejoinAt(unsent, next), isAway: false);
            else if (reply.IsOk)
                SetUnsent(unsent[call.Length..], isAway: false);
            else if (OutputAcceptance.CanHalve(reply, call))
                continue;
            else if (reply.MayRetry || reply.SessionLost)
                await WaitBeforeRetry(pause.GetNext());
            else
                DiscardAll();
        }
    }

    /// <summary>Where the output goes on, when what was sent did not join, or not all of it was taken.</summary>
    private static NextOutput? FindNextOutput(Reply<OutputTaken> reply) =>
        reply.IsOk ? reply.Value?.Next : reply.IsProblem(ProblemTypes.OutputGap) ? reply.Problem?.Next : null;

    private Task WaitBeforeRetry(TimeSpan pause)
    {
        SetUnsent(unsent, isAway: true);
        // Complete does not wait for a server that is away.
        return finishing ? Task.FromCanceled(new CancellationToken(true)) : Task.Delay(pause, clock, sendingStopped.Token);
    }

    private void SetUnsent(OutputChunk[] rest, bool isAway)
    {
        lock (gate)
        {
            unsent = rest;
            serverAway = isAway;
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>The server wants no more output of this attempt: it is counted and forgotten.</summary>
    private void DiscardAll()
    {
        lock (gate)
        {
            discards = true;
            unsent = [];
            while (!buffer.IsEmpty)
                buffer.TakeOldest(int.MaxValue, int.MaxValue);
            Monitor.PulseAll(gate);
        }
    }
}
