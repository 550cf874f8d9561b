using System.Text.Json;
using OpenClaw.Worker.Processes.Supervision.Channels;
using OpenClaw.Worker.Processes.Supervision.Deadlines;
using OpenClaw.Worker.Processes.Supervision.Logs;
using OpenClaw.Worker.Processes.Supervision.Watchdogs;

namespace OpenClaw.Worker.Processes.Supervision;

/// <summary>
/// One run under its own clocks: it goes on, and ends in time, whether a daemon is there or not. Ends once its end is on disk or a daemon
/// has it.
/// </summary>
internal sealed class Supervisor : IProgramStart, IDisposable
{
    private static readonly TimeSpan ReconnectInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan OrphanGrace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan DiskRetryInterval = TimeSpan.FromSeconds(1);
    private readonly RunRequest order;
    private readonly RunLogWriter log;
    private readonly TimeProvider clock;
    private readonly RunTimers timers;
    private readonly Lock gate = new();
    private readonly AttemptStop stop = new();
    private readonly ManualResetEventSlim over = new();
    private readonly ManualResetEventSlim taken = new();
    private readonly ManualResetEventSlim answered = new();
    private Channel channel;
    private volatile bool orphaned;
    private Watchdog? watchdog;
    private RunEnd? end;
    private long waitsFor = -1;
    private bool asking;

    public Supervisor(RunRequest order, RunLogWriter log, Channel first, TimeProvider clock)
    {
        (this.order, this.log, this.clock, channel) = (order, log, clock, first);
        timers = new RunTimers(order, stop, () => log.LastWrite, clock);
    }

    /// <summary>Returns when nothing is left to do. True: the daemon that gave the order has the end, and may give another.</summary>
    public bool Run()
    {
        log.Grew = NotifyDaemon;
        // Before anything is started: what the daemon has taken back by then is not.
        var listening = new Thread(ListenToDaemon, 256 * 1024) { IsBackground = true, Name = "daemon" };
        listening.Start();
        var ended = RunToEnd().GetAwaiter().GetResult();
        var durable = log.WriteEnd(ref ended);
        lock (gate)
            end = ended;
        NotifyDaemon();
        while (!durable && !taken.Wait(DiskRetryInterval))
            durable = log.RetryWriteEnd(ended);
        over.Set();
        if (!orphaned) listening.Join();
        return taken.IsSet && !orphaned;
    }

    public void Dispose()
    {
        stop.Dispose();
        over.Dispose();
        taken.Dispose();
    }

    private async Task<RunEnd> RunToEnd()
    {
        log.WriteStartTime(order.Began, order.BeganUptime);
        await using var running = timers;
        timers.Start();
        await using var stopped = stop.Token.Register(answered.Set);
        using var watch = watchdog = StartWatchdog();
        var runner = new ProcessRunner(clock, this);
        var ended = await runner.RunProgram(order.Spec, log, stop, FromMilliseconds(order.KillGrace));
        return new RunEnd(ended, stop.Why, (long)timers.Elapsed.TotalMilliseconds);
    }

    /// <summary>
    /// Where the lease ends the run: another attempt may begin on another PC when we have been killed, and no daemon is here.
    /// </summary>
    private Watchdog? StartWatchdog()
    {
        if (!timers.HasLease || order.Worker is not { } worker || ProcessMarker.FromEnvironment(order.Spec.Environment) is not { } marker)
            return null;
        var grace = FromMilliseconds(order.KillGrace);
        return Watchdog.Start(worker, new OrphanProcess(marker, grace < OrphanGrace ? grace : OrphanGrace));
    }

    public void MarkStarted(int pid)
    {
        watchdog?.Watch(pid);
        log.WriteProgram(pid);
    }

    /// <summary>
    /// Asks the daemon, directly before the program is started: an order may have been taken back, or the machine may have slept since.
    /// Blocks until it has answered (the next one, when this one dies), or a clock of ours or the daemon stops the run.
    /// </summary>
    public bool MayStart()
    {
        if (order.AsksFirst)
        {
            lock (gate)
            {
                asking = true;
                channel.WriteMessage(new Message(MessageType.StartRequest, []));
            }
            answered.Wait();
        }
        return stop.Why == StopReason.None;
    }

    /// <summary>Obeys the daemon until that has taken the end; when it has gone, waits for the next one.</summary>
    private void ListenToDaemon()
    {
        while (!over.IsSet)
        {
            while (!taken.IsSet && channel.ReadMessage() is { } message)
                HandleMessage(message);
            if (taken.IsSet) return;
            orphaned = timers.IsAlone = true;
            if (!over.Wait(ReconnectInterval)) ConnectToDaemon();
        }
    }

    private void ConnectToDaemon()
    {
        var fd = Sockets.ConnectTo(order.Daemon);
        if (fd < 0) return;
        lock (gate)
        {
            channel.Dispose();
            (channel, waitsFor) = (new Channel(fd), -1);
            timers.IsAlone = false;
            var hello = new Hello(SupervisorVerb.Version, order.Name) { TimeoutLeft = timers.GetTimeoutLeft() };
            channel.WriteMessage(new Message(MessageType.Hello, JsonSerializer.SerializeToUtf8Bytes(hello, SupervisionJson.Default.Hello)));
            if (asking && !answered.IsSet) channel.WriteMessage(new Message(MessageType.StartRequest, []));
        }
    }

    private void HandleMessage(Message message)
    {
        switch (message.Type)
        {
            case MessageType.StopRequest when JsonSerializer.Deserialize(message.Payload, SupervisionJson.Default.StopRequest) is { } why:
                stop.Request(why.Why, why.LongestGrace is { } longest ? FromMilliseconds(longest) : null);
                break;
            case MessageType.LeaseRenewed:
                timers.RenewLease(FromMilliseconds(message.Number));
                break;
            case MessageType.WaitForLog:
                lock (gate)
                    waitsFor = message.Number;
                NotifyDaemon();
                break;
            case MessageType.StartProgram:
                timers.BeginTime(message.Payload.Length == sizeof(long) ? message.Number : order.Timeout);
                answered.Set();
                break;
            case MessageType.EndTaken:
                taken.Set();
                break;
        }
    }

    /// <summary>Says once what the daemon waits for.</summary>
    private void NotifyDaemon()
    {
        lock (gate)
        {
            if (waitsFor < 0 || (end is null && log.Length <= waitsFor)) return;
            waitsFor = -1;
            channel.WriteMessage(end is null
                ? Message.FromNumber(MessageType.LogGrew, log.Length)
                : new Message(MessageType.RunEnded, JsonSerializer.SerializeToUtf8Bytes(end, SupervisionJson.Default.RunEnd)));
        }
    }

    private static TimeSpan FromMilliseconds(long milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
