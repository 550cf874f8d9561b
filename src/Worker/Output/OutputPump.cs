using System.Security.Cryptography;
using System.Text.Json;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Problems;
using OpenClaw.Worker.Polling;
using OpenClaw.Worker.Transport;

namespace OpenClaw.Worker.Output;

/// <summary>Counts and digests over everything, and the chunks the server may not have yet.</summary>
internal sealed record OutputRest(OutputChunk[] Unsent, long StdoutBytes, long StderrBytes, string StdoutSha256, string StderrSha256);

/// <summary>
/// Takes what a task prints and sends it on: a chunk when 64 KiB are there or 200 ms after its first byte. What a short task prints is
/// never sent here; it goes with the result. Memory is bounded: while the server answers, a fast program is slowed down; while it is
/// away, the middle is cut.
/// </summary>
internal sealed class OutputPump : IOutputSink
{
    private const int Capacity = 4 * 1024 * 1024;
    private const int MostGaps = 5;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LastCall = TimeSpan.FromSeconds(2);
    private readonly object gate = new();
    private readonly OutputBuffer buffer = new(Capacity);
    private readonly ChunkNumbers numbers = new();
    private readonly CallSize size = new();
    private readonly IncrementalHash stdoutHash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly IncrementalHash stderrHash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly Signal data = new();
    private readonly Signal chunkful = new();
    private readonly CancellationTokenSource giveUp = new();
    private readonly Func<OutputChunk[], CancellationToken, Task<Reply<JsonElement>>> send;
    private readonly TimeProvider clock;
    private readonly Task sending;
    private OutputChunk[] unsent = [];
    private long stdoutBytes;
    private long stderrBytes;
    private long lastWrite;
    private bool away;
    private bool refused;
    private volatile bool finishing;

    public OutputPump(Func<OutputChunk[], CancellationToken, Task<Reply<JsonElement>>> send, TimeProvider clock)
    {
        this.send = send;
        this.clock = clock;
        lastWrite = clock.GetTimestamp();
        sending = Task.Run(Send);
    }

    /// <summary>When something was printed last, on the monotonic clock.</summary>
    public long LastWrite => Interlocked.Read(ref lastWrite);

    public void Write(OutputStream stream, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return;
        Interlocked.Exchange(ref lastWrite, clock.GetTimestamp());
        lock (gate)
        {
            Count(stream, bytes);
            if (refused)
                return;
            buffer.Add(stream, bytes);
            // Before it waits for room: only the sender makes some.
            if (buffer.Bytes >= OutputPiece.Largest)
                chunkful.Set();
            data.Set();
            MakeRoom();
        }
    }

    /// <summary>Nothing more is printed: stops sending and hands over what is left.</summary>
    public async Task<OutputRest> Complete()
    {
        finishing = true;
        data.Set();
        chunkful.Set();
        bool hopeless;
        lock (gate)
        {
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
                rest.AddRange(numbers.Number(buffer.Take(CallSize.Largest, CallSize.Chunks)));
            giveUp.Dispose();
            return new OutputRest([.. rest], stdoutBytes, stderrBytes, Hex(stdoutHash), Hex(stderrHash));
        }
    }

    private static string Hex(IncrementalHash hash)
    {
        using (hash)
            return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private void Count(OutputStream stream, ReadOnlySpan<byte> bytes)
    {
        (stream == OutputStream.Stdout ? stdoutHash : stderrHash).AppendData(bytes);
        (stream == OutputStream.Stdout ? ref stdoutBytes : ref stderrBytes) += bytes.Length;
    }

    private void MakeRoom()
    {
        var patient = true;
        while (buffer.IsFull && !away && !finishing && patient)
            patient = Monitor.Wait(gate, Patience);
        if (buffer.IsFull)
            buffer.Cut();
    }

    private async Task Send()
    {
        try
        {
            while (!finishing)
            {
                await data.Wait(giveUp.Token).ConfigureAwait(false);
                await chunkful.Wait(Interval, clock, giveUp.Token).ConfigureAwait(false);
                while (!finishing && Fetch())
                    await SendUnsent().ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // Completed while the server was away: the result carries the rest.
        }
    }

    private bool Fetch()
    {
        lock (gate)
        {
            unsent = numbers.Number(buffer.Take(size.Bytes, CallSize.Chunks));
            Monitor.PulseAll(gate);
            return unsent.Length > 0;
        }
    }

    private async Task SendUnsent()
    {
        var pause = Reconnect.Jittered();
        var gaps = 0;
        while (unsent.Length > 0)
        {
            var (call, began) = (size.First(unsent), clock.GetTimestamp());
            var reply = await send(call, giveUp.Token).ConfigureAwait(false);
            if (reply.NoAnswer is null)
                size.Answered(clock.GetElapsedTime(began));
            else
                size.Failed();
            if (reply.IsOk)
                Adopt(unsent[call.Length..], isAway: false);
            else if (reply.Problem is { Next: { } next } && reply.Is(ProblemTypes.OutputGap) && gaps++ < MostGaps)
                Adopt(numbers.Rejoin(unsent, next), isAway: false);
            else if (reply.MayRetry || reply.SessionLost)
                await Wait(pause.Next()).ConfigureAwait(false);
            else
                Refused();
        }
    }

    private Task Wait(TimeSpan pause)
    {
        Adopt(unsent, isAway: true);
        // Finishing while the server is away: nothing is waited for.
        return finishing ? Task.FromCanceled(new CancellationToken(true)) : Task.Delay(pause, clock, giveUp.Token);
    }

    private void Adopt(OutputChunk[] rest, bool isAway)
    {
        lock (gate)
        {
            unsent = rest;
            away = isAway;
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>The server wants no more output of this attempt: it is counted and forgotten.</summary>
    private void Refused()
    {
        lock (gate)
        {
            refused = true;
            unsent = [];
            while (!buffer.IsEmpty)
                buffer.Take(int.MaxValue, int.MaxValue);
            Monitor.PulseAll(gate);
        }
    }
}
