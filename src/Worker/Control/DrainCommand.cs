using System.Text.Json;
using OpenClaw.Worker.Attempts;

namespace OpenClaw.Worker.Control;

/// <summary>The owner's order to take no more work and to end when the last running task has ended.</summary>
internal sealed class DrainOrder : IDisposable
{
    private readonly CancellationTokenSource asked = new();
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public CancellationToken Asked => asked.Token;

    /// <summary>Completes when the daemon has nothing more to do.</summary>
    public Task Ended => ended.Task;

    public Task MarkAsked() => asked.CancelAsync();

    public void MarkEnded() => ended.TrySetResult();

    public void Dispose() => asked.Dispose();
}

/// <summary>Arguments of <c>drain</c>. <paramref name="Wait"/>: answer when the daemon has ended its work.</summary>
internal sealed record DrainArguments(bool Wait);

/// <summary>How many tasks run still, and how many results wait for the server.</summary>
internal sealed record DrainProgress(int Running, int Unreported);

/// <summary>Asks for the drain; with <c>wait</c> tells how far it is until it is over.</summary>
internal sealed class DrainCommand(AttemptTable attempts, string spool, DrainOrder order)
{
    public const string Name = "drain";

    public async Task<string?> Run(JsonElement arguments, ControlAnswer answer, CancellationToken clientGone)
    {
        var changed = new Signal();
        attempts.Freed += changed.Set;
        try
        {
            await order.MarkAsked();
            await WriteProgress(answer, clientGone);
            var wait = arguments.ValueKind == JsonValueKind.Object
                && arguments.Deserialize(ControlJson.Default.DrainArguments) is { Wait: true };
            for (var running = attempts.Running; wait && !order.Ended.IsCompleted;)
            {
                await Task.WhenAny(order.Ended, changed.Wait(clientGone));
                clientGone.ThrowIfCancellationRequested();
                if (attempts.Running != running || order.Ended.IsCompleted) await WriteProgress(answer, clientGone);
                running = attempts.Running;
            }
            return null;
        }
        finally
        {
            attempts.Freed -= changed.Set;
        }
    }

    private Task WriteProgress(ControlAnswer answer, CancellationToken clientGone) => answer.WriteLine(
        new DrainProgress(attempts.Running, SpoolSize.FromFolder(spool).Results), ControlJson.Default.DrainProgress, clientGone);
}
