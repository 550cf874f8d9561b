using System.Security.Cryptography;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Output;
using OpenClaw.Protocol.Problems;
using OpenClaw.Worker.Polling;
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
internal sealed record OutputRemainder(OutputChunk[] Unsent, long StdoutBytes, long StderrBytes, string StdoutSha256, string StderrSha256);

/// <summary>
/// Takes what a task prints and sends it on: a chunk when 64 KiB are there or 200 ms after its first byte. What a short task prints is
/// never sent here; it goes with the result. Memory is bounded: while the server answers, a fast program is slowed down; while it is
/// away, the middle is cut.
/// </summary>
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
    private readonly CancellationTokenSource giveUp = new();
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
    private bool away;
    private bool refused;
    private volatile bool finishing;
    private bool patient;
    private bool located;
    private bool unasked;
    private long stdoutKnown;
    private long stderrKnown;
    private PrintedTotals? printed;

    /// <param name="send">Sends chunks to the server.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="manner">What it may do when it is written to faster than it can send.</param>
    /// <param name="age">How long ago the attempt began.</param>
    /// <param name="limit">What comes through to the server in one call.</param>
    public OutputPump(
        Func<OutputChunk[], CancellationToken, Task<Reply<OutputTaken>>> send, TimeProvider clock, PumpMode manner = PumpMode.Direct,
        TimeSpan age = default, BodyLimit? limit = null)
    {
        size = new CallSize(limit ?? new BodyLimit(clock));
        (patient, located) = (manner != PumpMode.Direct, manner != PumpMode.Replayed);
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
        if (bytes.IsEmpty)
            return;
        Interlocked.Exchange(ref lastWrite, clock.GetTimestamp());
        lock (gate)
        {
            AddToTotals(stream, bytes);
            while (!located && !finishing && !refused)
                Monitor.Wait(gate);
            bytes = SkipKnown(stream, bytes);
            if (refused || bytes.IsEmpty)
                return;
            // What a wall clock that was set wrong makes of it is nothing the server should refuse.
            latest = Math.Clamp((long)elapsed.TotalMilliseconds, latest, Limits.StartWithin);
            buffer.Add(stream, bytes, latest);
            // Before it waits for room: only the sender makes some.
            if (buffer.Bytes >= PendingChunk.Largest)
                chunkful.Set();
            data.Set();
            MakeRoom();
        }
    }

    public void ReportCut(PrintedTotals totals) => printed = totals;

    /// <summary>From now on no writer waits for the line: the attempt is to end.</summary>
    public void StopBlocking()
    {
        lock (gate)
        {
            patient = false;
            LeaveToResult();
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>Nothing more is printed: stops sending and hands over what is left.</summary>
    public async Task<OutputRemainder> Complete()
    {
        finishing = true;
        data.Set();
        chunkful.Set();
        bool hopeless;
        lock (gate)
        {
            LeaveToResult();
            hopeless = away;
            Monitor.PulseAll(gate);
        }
        if (hopeless || await Task.WhenAny(sending, Task.Delay(LastCall, clock)).ConfigureAwait(false) != sending)
            await giveUp.CancelAsync().ConfigureAwait(false);
        await sending.ConfigureAwait(false);
        lock (gate)
        {
            var rest = new List<OutputChunk>(unsent);
            while (!refused && !buffer.IsEmpty)
                rest.AddRange(numbers.NumberChunks(buffer.TakeOldest(CallSize.Largest, CallSize.Chunks)));
            giveUp.Dispose();
            var all = new PrintedTotals(stdoutBytes, stderrBytes, ToHex(stdoutHash), ToHex(stderrHash));
            all = printed ?? all;
            return new OutputRemainder([.. rest], all.StdoutBytes, all.StderrBytes, all.StdoutSha256, all.StderrSha256);
        }
    }

    /// <summary>
    /// What the server has of it is not known, and is not waited for any longer: all of it goes with the result, under numbers far ahead.
    /// Whoever sends that is told by the server where to go on, and leaves out what is known there.
    /// </summary>
    private void LeaveToResult()
    {
        if (located || refused)
            return;
        (located, unasked, away) = (true, true, true);
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

    private void MakeRoom()
    {
        for (var pulsed = true; buffer.IsFull && !finishing && !refused && (patient || (!away && pulsed));)
            pulsed = Monitor.Wait(gate, RoomTimeout);
        if (buffer.IsFull)
            buffer.CutMiddle();
    }

    private async Task RunSendLoop()
    {
        try
        {
            await LocatePosition().ConfigureAwait(false);
            lock (gate)
            {
                if (unasked)
                    return;
            }
            while (!finishing)
            {
                await data.Wait(giveUp.Token).ConfigureAwait(false);
                await chunkful.Wait(Interval, clock, giveUp.Token).ConfigureAwait(false);
                while (!finishing && FillUnsent())
                    await SendUnsent().ConfigureAwait(false);
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
        while (!located && !refused)
        {
            var probe = new OutputChunk { Stream = StreamNames.Stdout, Sequence = long.MaxValue, Offset = 0, Data = [0] };
            var reply = await send([probe], giveUp.Token).ConfigureAwait(false);
            if (reply.Problem is { Next: { } next } && reply.IsProblem(ProblemTypes.OutputGap))
                LocatePosition(next);
            else if (reply.MayRetry || reply.SessionLost)
                await WaitBeforeRetry(pause.GetNext()).ConfigureAwait(false);
            else
                DiscardAll();
        }
    }

    private void LocatePosition(NextOutput next)
    {
        lock (gate)
        {
            // It came too late: the result has all of it by now, under other numbers.
            if (unasked)
                return;
            numbers.ResumeFrom(next);
            (stdoutKnown, stderrKnown, located, away) = (next.StdoutOffset, next.StderrOffset, true, false);
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>What of it the server does not have yet.</summary>
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
            if (unsent[0].Data.Length > size.Most)
                SetUnsent(numbers.SplitChunks(unsent, size.Most), isAway: false);
            var (call, began) = (size.SelectChunks(unsent), clock.GetTimestamp());
            var reply = await send(call, giveUp.Token).ConfigureAwait(false);
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
                await WaitBeforeRetry(pause.GetNext()).ConfigureAwait(false);
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
        // Finishing while the server is away: nothing is waited for.
        return finishing ? Task.FromCanceled(new CancellationToken(true)) : Task.Delay(pause, clock, giveUp.Token);
    }

    private void SetUnsent(OutputChunk[] rest, bool isAway)
    {
        lock (gate)
        {
            unsent = rest;
            away = isAway;
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>The server wants no more output of this attempt: it is counted and forgotten.</summary>
    private void DiscardAll()
    {
        lock (gate)
        {
            refused = true;
            unsent = [];
            while (!buffer.IsEmpty)
                buffer.TakeOldest(int.MaxValue, int.MaxValue);
            Monitor.PulseAll(gate);
        }
    }
}
