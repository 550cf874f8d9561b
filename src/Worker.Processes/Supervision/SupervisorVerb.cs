using System.Runtime.InteropServices;
using System.Text.Json;
using OpenClaw.Worker.Processes.Unix;
using OpenClaw.Worker.Processes.Supervision.Channels;
using OpenClaw.Worker.Processes.Supervision.Logs;

namespace OpenClaw.Worker.Processes.Supervision;

/// <summary>
/// <c>openclaw-worker supervise</c>, for the daemon only: standard input is a socket, its first message an order, and after its end
/// another. No host, no HTTP, no settings: it is there within milliseconds.
/// </summary>
internal static partial class SupervisorVerb
{
    public const string Name = "supervise";
    public const int Version = 1;
    private const int Done = 0;
    private const int Nothing = 1;
    private const nint Ignore = 1;

    [LibraryImport("libc")]
    private static partial nint signal(int number, nint handler);

    public static int Run()
    {
        if (OperatingSystem.IsWindows()) return Nothing;
        ChildReaper.BecomeSubreaper();
        // A service manager that stops the daemon may signal all of its group; the program gets the signal itself.
        _ = signal(Native.SigTerm, Ignore);
        _ = signal(Native.SigHup, Ignore);
        using var channel = new Channel(0);
        try
        {
            while (ReadRequest(channel) is { } order)
            {
                // What one task has left running is none of the next one's tree.
                if (!Run(order, channel) || ChildReaper.ReapAndCheckRunning()) return Done;
                channel.WriteMessage(new Message(MessageType.Idle, []));
            }
        }
        catch (IOException)
        {
            // No log, nothing was started: the daemon sees it by the end of the connection.
        }
        return Nothing;
    }

    private static RunRequest? ReadRequest(Channel channel) => channel.ReadMessage() is { Type: MessageType.RunRequest } message
        ? JsonSerializer.Deserialize(message.Payload, SupervisionJson.Default.RunRequest) : null;

    private static bool Run(RunRequest order, Channel channel)
    {
        using var log = new RunLogWriter(order.Log, order.OutputKept, TimeProvider.System);
        channel.WriteMessage(new Message(MessageType.RunAccepted, []));
        using var supervisor = new Supervisor(order, log, channel, TimeProvider.System);
        return supervisor.Run();
    }
}
