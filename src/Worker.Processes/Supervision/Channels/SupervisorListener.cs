using System.Text.Json;

namespace OpenClaw.Worker.Processes.Supervision.Channels;

/// <summary>
/// Where supervisors whose daemon has died find the next one. Each says which run it is and is kept until somebody asks for it.
/// </summary>
internal sealed class SupervisorListener(string path, ISupervisionLog log) : IDisposable
{
    private const int LookEvery = 200;
    /// <summary>Whoever connects says at once who he is; one who does not holds the others up no longer than this.</summary>
    private static readonly TimeSpan Introduction = TimeSpan.FromSeconds(1);
    private readonly object gate = new();
    private readonly Dictionary<RunName, ArrivedSupervisor> waiting = [];
    private int listener = -1;

    public string Path => path;

    public void StartListening()
    {
        try
        {
            listener = Sockets.ListenAt(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            log.NoDoor(error);
            return;
        }
        new Thread(AcceptConnections, 256 * 1024) { IsBackground = true, Name = "door" }.Start();
    }

    /// <summary>The supervisor of a run, once it is there; null when it does not live any more, or can't come.</summary>
    public ArrivedSupervisor? WaitForRun(RunName run, Func<bool> lives)
    {
        lock (gate)
        {
            while (true)
            {
                if (waiting.Remove(run, out var arrived)) return arrived;
                if (listener < 0 || !lives()) return null;
                Monitor.Wait(gate, LookEvery);
            }
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            if (listener < 0) return;
            Sockets.ShutDown(listener);
            File.Delete(path);
            listener = -1;
            Monitor.PulseAll(gate);
        }
    }

    private void AcceptConnections()
    {
        for (var fd = Sockets.AcceptConnection(listener); fd >= 0; fd = Sockets.AcceptConnection(listener))
        {
            var channel = new Channel(fd);
            if (ReadHello(channel) is { } hello)
                AddArrived(hello.Name, new ArrivedSupervisor(channel, hello));
            else
                channel.Dispose();
        }
    }

    /// <summary>Null: whoever connected is no supervisor of ours. Programs of tasks can connect as well, and say anything.</summary>
    private static Hello? ReadHello(Channel channel)
    {
        if (channel.ReadMessage(Introduction) is not { Type: MessageType.Hello } message) return null;
        try
        {
            return JsonSerializer.Deserialize(message.Payload, SupervisionJson.Default.Hello)
                is { Version: SupervisorVerb.Version, Name.AttemptId: not null } hello ? hello : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void AddArrived(RunName run, ArrivedSupervisor arrived)
    {
        lock (gate)
        {
            // Of two with one name the later is the one that lives.
            if (waiting.Remove(run, out var former)) former.Channel.Dispose();
            waiting[run] = arrived;
            Monitor.PulseAll(gate);
        }
    }
}

/// <summary>A supervisor that connected by itself, and its greeting.</summary>
internal sealed record ArrivedSupervisor(Channel Channel, Hello Hello);
