using System.Buffers.Binary;
using System.Runtime.InteropServices;
using OpenClaw.Worker.Processes.Unix;

namespace OpenClaw.Worker.Processes.Supervision.Channels;

/// <summary>The words between a daemon and a supervisor.</summary>
internal enum MessageType : byte
{
    /// <summary>To the supervisor: what to run.</summary>
    RunRequest = 1,
    /// <summary>To the supervisor: end it.</summary>
    StopRequest = 2,
    /// <summary>To the supervisor: the lease was renewed so many ms ago.</summary>
    LeaseRenewed = 3,
    /// <summary>To the supervisor: tell me once when the log is longer than this.</summary>
    WaitForLog = 4,
    /// <summary>To the supervisor: the end has come through.</summary>
    EndTaken = 5,
    /// <summary>To the supervisor that asked: start the program.</summary>
    StartProgram = 6,
    /// <summary>To the daemon: who this is.</summary>
    Hello = 16,
    /// <summary>To the daemon: the log is longer than you knew.</summary>
    LogGrew = 17,
    /// <summary>To the daemon: how it ended; nothing follows in the log.</summary>
    RunEnded = 18,
    /// <summary>To the daemon: nothing is left of the run; I wait for another order.</summary>
    Idle = 19,
    /// <summary>To the daemon: I have the order. Whoever dies without saying so has started nothing.</summary>
    RunAccepted = 20,
    /// <summary>To the daemon: all is ready, may I start the program? Nothing is started before <see cref="StartProgram"/>.</summary>
    StartRequest = 21,
}

/// <summary>A word and what goes with it.</summary>
internal readonly record struct Message(MessageType Type, byte[] Payload)
{
    public static Message FromNumber(MessageType word, long number)
    {
        var payload = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(payload, number);
        return new Message(word, payload);
    }

    /// <summary>The number that goes with the word; 0 when there is none.</summary>
    public long Number => Payload.Length == 8 ? BinaryPrimitives.ReadInt64LittleEndian(Payload) : 0;
}

/// <summary>
/// Messages over a connected stream socket: length (4 bytes), type (1), payload. Reads block; writes are whole, from any thread, and wait
/// for a reader that is slow or stopped no longer than they are told. The other side's death is an end of file, never an exception.
/// </summary>
internal sealed unsafe class Channel(int fd) : IDisposable
{
    private const int HeadSize = 5;
    private const int Largest = 64 * 1024 * 1024;
    private readonly Lock gate = new();
    private int descriptor = fd;

    /// <summary>The next message; null when the other side has gone, or is silent for so long. Without a limit it blocks.</summary>
    public Message? ReadMessage(TimeSpan? limit = null)
    {
        var head = stackalloc byte[HeadSize];
        if (!FillBuffer(head, HeadSize, limit)) return null;
        var length = *(int*)head;
        if (length is < 0 or > Largest) return null;
        var payload = new byte[length];
        fixed (byte* start = payload)
        {
            if (!FillBuffer(start, length, limit)) return null;
        }
        return new Message((MessageType)head[4], payload);
    }

    /// <summary>There is something to read, or the other side has gone.</summary>
    public bool WaitForInput(TimeSpan limit) => WaitForEvents(Native.PollIn, limit);

    /// <summary>
    /// False when the other side has gone, or reads nothing for so long (not at all when no limit is given): what is between a daemon and a
    /// supervisor that was stopped must hold up nobody. A message that was cut in the middle ends the connection.
    /// </summary>
    public bool WriteMessage(Message message, TimeSpan limit = default)
    {
        var bytes = new byte[HeadSize + message.Payload.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, message.Payload.Length);
        bytes[4] = (byte)message.Type;
        message.Payload.CopyTo(bytes.AsSpan(HeadSize));
        lock (gate)
        {
            nint at = 0;
            fixed (byte* start = bytes)
            {
                while (at < bytes.Length)
                {
                    var count = descriptor < 0 ? -1 : Sockets.Send(descriptor, start + at, bytes.Length - at);
                    if (count < 0 && !(descriptor >= 0 && Sockets.WouldBlock() && WaitForEvents(Native.PollOut, limit)))
                        break;
                    at += Math.Max(count, 0);
                }
            }
            if (at > 0 && at < bytes.Length) ShutDown();
            return at == bytes.Length;
        }
    }

    /// <summary>A read that waits comes back with null.</summary>
    public void ShutDown()
    {
        lock (gate)
        {
            if (descriptor >= 0) Sockets.ShutDown(descriptor);
        }
    }

    /// <summary>Only after the last read has returned: the descriptor may be reused at once.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            if (descriptor >= 0) _ = Native.Close(descriptor);
            descriptor = -1;
        }
    }

    private bool WaitForEvents(short events, TimeSpan limit)
    {
        var polled = new Native.PollFd { Fd = descriptor, Events = events };
        int ready;
        do
            ready = Native.Poll(&polled, 1, (int)limit.TotalMilliseconds);
        while (ready < 0 && Marshal.GetLastPInvokeError() == Native.Eintr);
        return ready > 0;
    }

    private bool FillBuffer(byte* to, nint count, TimeSpan? limit)
    {
        while (count > 0)
        {
            if (limit is { } most && !WaitForEvents(Native.PollIn, most)) return false;
            var read = Sockets.Receive(descriptor, to, count);
            if (read <= 0) return false;
            to += read;
            count -= read;
        }
        return true;
    }
}
