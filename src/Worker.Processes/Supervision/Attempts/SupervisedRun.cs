using System.Text.Json;
using OpenClaw.Worker.Processes.Supervision.Channels;
using OpenClaw.Worker.Processes.Supervision.Deadlines;
using OpenClaw.Worker.Processes.Supervision.Logs;

namespace OpenClaw.Worker.Processes.Supervision.Attempts;

/// <summary>
/// Follows one run, on a thread of its own: its log from the first byte to the sink, stops and renewals to its supervisor. A sink that
/// blocks holds nobody up: the log is on disk. That the run ends in time, also when the supervisor does nothing, is its
/// <see cref="RunWatch"/>'s.
/// </summary>
internal sealed class SupervisedRun(
    RunName name, Supervisors supervisors, Func<(SupervisorProcess? Supervisor, string? Error)> connect, PrintedOutput output,
    IProgramOwner held, Func<long>? timeLeft = null)
{
    private static readonly TimeSpan OrphanGrace = TimeSpan.FromSeconds(5);
    private readonly Lock speaking = new();
    private readonly AttemptStop stop = held.Stop;
    private Channel? channel;
    private LogProgress? progress;
    private RunWatch? clocks;
    private (int Pid, ulong Start) program;
    private SupervisorProcess? toRelease;

    /// <summary>The lease was renewed by a request sent at this time of the monotonic clock.</summary>
    public void RenewLease(long sentAt) =>
        SendMessage(Message.FromNumber(MessageType.LeaseRenewed, (long)supervisors.Clock.GetElapsedTime(sentAt).TotalMilliseconds));

    /// <summary>Blocks until it has ended and all of its output went to the sink.</summary>
    public (ProcessEnd End, TimeSpan Took) FollowToEnd(RunWatch watch)
    {
        (progress, clocks) = (watch.Log, watch);
        var (supervisor, error) = connect();
        if (error is not null) return (new ProcessEnd { StartError = error }, TimeSpan.Zero);
        if (supervisor is not null) watch.AttachSupervisor(supervisor);
        var end = FollowSupervisor(supervisor) ?? EndAsLost(watch);
        if (end.Why != StopReason.None) stop.Request(end.Why);
        if (end.Printed is { } printed) output.ReportTotals(printed);
        return (end.End, TimeSpan.FromMilliseconds(end.Milliseconds));
    }

    /// <summary>
    /// Takes leave of the supervisor: blocks until it rests, has ended or takes too long. Once, after <see cref="FollowToEnd"/>.
    /// </summary>
    public void ReleaseSupervisor()
    {
        if (toRelease is { } supervisor)
        {
            supervisor.Channel.WriteMessage(new Message(MessageType.EndTaken, []));
            supervisors.ReleaseAfterRun(name, supervisor);
        }
    }

    private RunEnd? FollowSupervisor(SupervisorProcess? supervisor)
    {
        SetChannel(supervisor?.Channel);
        try
        {
            using (stop.Token.Register(SendStop))
                return ReadUntilEnd(supervisor?.Channel);
        }
        catch (Exception)
        {
            supervisor?.KillAndDismiss();
            supervisor = null;
            throw;
        }
        finally
        {
            // What is said from here on would be meant for another run.
            SetChannel(null);
            toRelease = supervisor;
        }
    }

    private void SendStop()
    {
        var order = new StopRequest(stop.Why, (long?)stop.LongestGrace?.TotalMilliseconds);
        SendMessage(new Message(MessageType.StopRequest, JsonSerializer.SerializeToUtf8Bytes(order, SupervisionJson.Default.StopRequest)));
    }

    private void SetChannel(Channel? to)
    {
        lock (speaking)
            channel = to;
    }

    private void SendMessage(Message message)
    {
        lock (speaking)
            channel?.WriteMessage(message);
    }

    /// <summary>Null when neither the supervisor nor the log tells how it ended.</summary>
    private RunEnd? ReadUntilEnd(Channel? connection)
    {
        using var file =
            File.OpenHandle(supervisors.Folders.GetLogPath(name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var reader = new RunLogReader(file);
        while (connection is not null && connection.WriteMessage(Message.FromNumber(MessageType.WaitForLog, reader.Position))
            && connection.ReadMessage() is { } message)
        {
            if (message.Type == MessageType.LogGrew)
            {
                // The end is in the log before it is sent, and the supervisor of a recovered run may exit without sending it.
                if (ReplayLog(reader, message.Number) is { } written) return written;
                output.MarkCaughtUp();
            }
            else if (message.Type == MessageType.StartRequest)
                AnswerStartRequest();
            else if (message.Type == MessageType.RunEnded
                && JsonSerializer.Deserialize(message.Payload, SupervisionJson.Default.RunEnd) is { } end)
            {
                ReplayLog(reader, end.Logged);
                return end;
            }
        }
        return ReplayLog(reader, RandomAccess.GetLength(file));
    }

    /// <summary>
    /// Nothing is said to what was stopped: that goes its own way to the supervisor, which then starts nothing. What is stopped after the
    /// word is on its way is started or not, and ended in any case. The time of the run begins here: this daemon may have been frozen, or
    /// the line gone, for longer than the whole timeout, and then the server has said yes once more and counts from that.
    /// </summary>
    private void AnswerStartRequest()
    {
        clocks?.Pause();
        var may = held.ConfirmStart().GetAwaiter().GetResult();
        var left = timeLeft?.Invoke();
        clocks?.Restart(left);
        if (!may) return;
        held.MarkSpawned();
        output.MarkStarted();
        SendMessage(left is { } time ? Message.FromNumber(MessageType.StartProgram, time) : new Message(MessageType.StartProgram, []));
    }

    private RunEnd? ReplayLog(RunLogReader reader, long length)
    {
        while (reader.ReadNext(length) is { } record)
        {
            progress?.MarkRead(reader.Position);
            if (record.Output is { } stream)
                output.Write(stream, record.Bytes.Span, record.At);
            else if (record.Type == RunLog.Program && record.Payload.Length == 12)
            {
                held.MarkSpawned();
                program = (BitConverter.ToInt32(record.Payload.Span), BitConverter.ToUInt64(record.Payload.Span[4..]));
            }
            else if (record.Type == RunLog.Gap)
                output.WriteCutMark(record.Missing.Stdout, record.Missing.Stderr);
            else if (record.Type == RunLog.End)
                return JsonSerializer.Deserialize(record.Payload.Span, SupervisionJson.Default.RunEnd);
        }
        return null;
    }

    /// <summary>
    /// The supervisor was killed, by the watch when it did not end the run in time. What it kept watch over is ended, for nobody can say
    /// any more how it would have.
    /// </summary>
    private RunEnd EndAsLost(RunWatch watch)
    {
        var (offer, before) = (held.Offer, watch.Ended ?? default);
        if (stop.Why == StopReason.None) supervisors.Log.SupervisorLost(name.AttemptId);
        var rest = OrphanProcesses.EndAll(offer.TaskId, offer.Attempt, program.Pid, program.Start, OrphanGrace, supervisors.Clock)
            .GetAwaiter().GetResult();
        var tree = new TreeEnd(before.Killed + rest.Killed, rest.Survivors);
        return new RunEnd(new ProcessEnd { Signal = "SIGKILL", Tree = tree }, StopReason.SupervisorLost, 0);
    }
}
