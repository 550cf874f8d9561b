using System.Runtime.InteropServices;

namespace OpenClaw.Hosting;

/// <summary>
/// Ctrl-C and SIGTERM, from the first moment of the process to its last. The first one asks it to stop in good order; a second one
/// is the end, at once.
/// </summary>
public sealed class StopSignals : IHostLifetime, IDisposable
{
    /// <summary>Added to a signal's number it is what shells call the exit code of a process that died of it.</summary>
    private const int BySignal = 128;

    private readonly CancellationTokenSource stopping = new();
    private readonly PosixSignalRegistration[] registrations;
    private int heard;

    /// <summary>Listens from now on.</summary>
    public StopSignals() => registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal),
        PosixSignalRegistration.Create(PosixSignal.SIGQUIT, OnSignal),
    ];

    /// <summary>The first signal has come.</summary>
    public CancellationToken Stopping => stopping.Token;

    /// <summary>Nothing to wait for.</summary>
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Does nothing: the signals are released by Dispose.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Hears nothing any more.</summary>
    public void Dispose()
    {
        foreach (var registration in registrations) registration.Dispose();
        stopping.Dispose();
    }

    private static int GetSignalNumber(PosixSignal signal) => signal switch
    {
        PosixSignal.SIGINT => 2,
        PosixSignal.SIGQUIT => 3,
        _ => 15,
    };

    private void OnSignal(PosixSignalContext signal)
    {
        // Two that come together are heard at one moment by two threads: one of them is the second.
        var isSecond = Interlocked.Exchange(ref heard, 1) != 0;
        // Left to the system it would be the end as well, but not of process 1 of a container.
        if (isSecond) ProcessEnd.ExitNow(BySignal + GetSignalNumber(signal.Signal));
        signal.Cancel = true;
        // What follows from it does not run on the thread that hears signals.
        _ = stopping.CancelAsync();
    }
}
