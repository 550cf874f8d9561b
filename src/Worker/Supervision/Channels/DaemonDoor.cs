using System.Text.Json;

namespace OpenClaw.Worker.Supervision.Channels;

/// <summary>Where supervisors whose daemon has died find the next one. Each says which run it is and is kept until somebody asks for it.</summary>
internal sealed class DaemonDoor(string path, WorkerLog log) : IDisposable
{
    private const int LookEvery = 200;
    private readonly object gate = new();
    private readonly Dictionary<RunName, Channel> waiting = [];
    private int listener = -1;

    public string Path => path;

    public void Open()
    {
        try
        {
            listener = Sockets.Listen(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            log.NoDoor(error);
            return;
        }
        new Thread(Accept, 256 * 1024) { IsBackground = true, Name = "door" }.Start();
    }

    /// <summary>The connection of a run, once it is there; null when its supervisor does not live any more, or can't come.</summary>
    public Channel? Wait(RunName run, Func<bool> lives)
    {
        lock (gate)
        {
            while (true)
            {
                if (waiting.Remove(run, out var channel))
                    return channel;
                if (listener < 0 || !lives())
                    return null;
                Monitor.Wait(gate, LookEvery);
            }
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            if (listener < 0)
                return;
            Sockets.ShutDown(listener);
            File.Delete(path);
            listener = -1;
            Monitor.PulseAll(gate);
        }
    }

    private void Accept()
    {
        for (var fd = Sockets.Accept(listener); fd >= 0; fd = Sockets.Accept(listener))
        {
            var channel = new Channel(fd);
            if (channel.Read() is { Word: Word.Hello } message
                && JsonSerializer.Deserialize(message.Payload, SupervisionJson.Default.Hello) is { Version: SupervisorVerb.Version } hello)
                Keep(hello.Name, channel);
            else
                channel.Dispose();
        }
    }

    private void Keep(RunName run, Channel channel)
    {
        lock (gate)
        {
            // Of two with one name the later is the one that lives.
            if (waiting.Remove(run, out var former))
                former.Dispose();
            waiting[run] = channel;
            Monitor.PulseAll(gate);
        }
    }
}
