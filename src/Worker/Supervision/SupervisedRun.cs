using System.Text.Json;
using OpenClaw.Worker.Attempts;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Processes;
using OpenClaw.Worker.Supervision.Channels;
using OpenClaw.Worker.Supervision.Deadlines;
using OpenClaw.Worker.Supervision.Logs;

namespace OpenClaw.Worker.Supervision;

/// <summary>
/// Follows one run, on a thread of its own: its log from the first byte to the sink, stops and renewals to its supervisor. A sink that
/// blocks holds nobody up: the log is on disk. That the run ends in time, also when the supervisor does nothing, is its <see cref="RunWatch"/>'s.
/// </summary>
internal sealed class SupervisedRun(
    RunName name, Supervisors supervisors, Func<(SupervisorProcess? Supervisor, string? Error)> connect, PrintedOutput output, HeldAttempt held)
{
    private static readonly TimeSpan LeftoverGrace = TimeSpan.FromSeconds(5);
    private readonly Lock speaking = new();
    private readonly AttemptStop stop = held.Stop;
    private Channel? channel;
    private LogProgress? progress;
    private (int Pid, ulong Start) program;
    private SupervisorProcess? over;

    /// <summary>The lease was renewed by a request sent at this time of the monotonic clock.</summary>
    public void Renew(long sentAt) => Say(Message.Of(Word.Renew, (long)supervisors.Clock.GetElapsedTime(sentAt).TotalMilliseconds));

    /// <summary>Blocks until it has ended and all of its output went to the sink.</summary>
    public (ProcessEnd End, TimeSpan Took) Follow(RunWatch watch)
    {
        progress = watch.Log;
        var (supervisor, error) = connect();
        if (error is not null)
            return (new ProcessEnd { StartError = error }, TimeSpan.Zero);
        if (supervisor is not null)
            watch.Follow(supervisor);
        var end = Accompany(supervisor) ?? GiveUp(watch);
        if (end.Why != StopReason.None)
            stop.Request(end.Why);
        if (end.Printed is { } printed)
            output.Cut(printed);
        return (end.End, TimeSpan.FromMilliseconds(end.Milliseconds));
    }

    /// <summary>Takes leave of the supervisor: blocks until it rests, has ended or takes too long. Once, after <see cref="Follow"/>.</summary>
    public void Release()
    {
        if (over is { } supervisor)
        {
            supervisor.Channel.Write(new Message(Word.Taken, []));
            supervisors.Release(name, supervisor);
        }
    }

    private RunEnd? Accompany(SupervisorProcess? supervisor)
    {
        Connect(supervisor?.Channel);
        try
        {
            using (stop.Token.Register(Stop))
                return Read(supervisor?.Channel);
        }
        catch (Exception)
        {
            supervisor?.End();
            supervisor = null;
            throw;
        }
        finally
        {
            // What is said from here on would be meant for another run.
            Connect(null);
            over = supervisor;
        }
    }

    private void Stop()
    {
        var order = new StopOrder(stop.Why, (long?)stop.LongestGrace?.TotalMilliseconds);
        Say(new Message(Word.Stop, JsonSerializer.SerializeToUtf8Bytes(order, SupervisionJson.Default.StopOrder)));
    }

    private void Connect(Channel? to)
    {
        lock (speaking)
            channel = to;
    }

    private void Say(Message message)
    {
        lock (speaking)
            channel?.Write(message);
    }

    /// <summary>Null when neither the supervisor nor the log tells how it ended.</summary>
    private RunEnd? Read(Channel? connection)
    {
        using var file = File.OpenHandle(supervisors.Folders.LogOf(name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var reader = new RunLogReader(file);
        while (connection is not null && connection.Write(Message.Of(Word.Wait, reader.Position)) && connection.Read() is { } message)
        {
            if (message.Word == Word.Grew)
            {
                // The end is in the log before it is sent, and the supervisor of a recovered run may exit without sending it.
                if (Replay(reader, message.Number) is { } written)
                    return written;
                output.CaughtUp();
            }
            else if (message.Word == Word.May)
                AnswerMay();
            else if (message.Word == Word.Ended && JsonSerializer.Deserialize(message.Payload, SupervisionJson.Default.RunEnd) is { } end)
            {
                Replay(reader, end.Logged);
                return end;
            }
        }
        return Replay(reader, RandomAccess.GetLength(file));
    }

    /// <summary>
    /// Nothing is said to what was stopped: that goes its own way to the supervisor, which then starts nothing. What is stopped after the word
    /// is on its way is started or not, and ended in any case.
    /// </summary>
    private void AnswerMay()
    {
        if (held.MayStart().GetAwaiter().GetResult())
            Say(new Message(Word.Go, []));
    }

    private RunEnd? Replay(RunLogReader reader, long length)
    {
        while (reader.Next(length) is { } record)
        {
            progress?.Passed(reader.Position);
            if (record.Output is { } stream)
                output.Write(stream, record.Bytes.Span, record.At);
            else if (record.Type == RunLog.Program && record.Payload.Length == 12)
                program = (BitConverter.ToInt32(record.Payload.Span), BitConverter.ToUInt64(record.Payload.Span[4..]));
            else if (record.Type == RunLog.Gap)
                output.Mark(record.Missing.Stdout, record.Missing.Stderr);
            else if (record.Type == RunLog.End)
                return JsonSerializer.Deserialize(record.Payload.Span, SupervisionJson.Default.RunEnd);
        }
        return null;
    }

    /// <summary>
    /// The supervisor was killed, by the watch when it did not end the run in time. What it kept watch over is ended, for nobody can say any
    /// more how it would have.
    /// </summary>
    private RunEnd GiveUp(RunWatch watch)
    {
        var (offer, before) = (held.Offer, watch.Ended ?? default);
        if (stop.Why == StopReason.None)
            supervisors.Log.SupervisorLost(name.AttemptId);
        var rest = Leftovers.End(offer.TaskId, offer.Attempt, program.Pid, program.Start, LeftoverGrace, supervisors.Clock).GetAwaiter().GetResult();
        var tree = new TreeEnd(before.Killed + rest.Killed, rest.Survivors);
        return new RunEnd(new ProcessEnd { Signal = "SIGKILL", Tree = tree }, StopReason.SupervisorLost, 0);
    }
}
