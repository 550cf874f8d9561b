using System.Text;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Processes;
using OpenClaw.Worker.Processes.Output;

namespace OpenClaw.Worker.Diagnosis;

/// <summary>The end of a probed program and what it printed.</summary>
internal sealed record ProbeAnswer(int ExitCode, string Text);

/// <summary>Asks a program something small, with a time limit and a bound on what it may say. Nothing of it stays behind.</summary>
internal sealed class ProgramProbe(TimeProvider clock)
{
    private const int Largest = 16 * 1024;

    /// <summary>Both streams; null when it can't be started or takes too long.</summary>
    public async Task<ProbeAnswer?> RunWithTimeout(
        IReadOnlyList<string> argv, TimeSpan timeout, IReadOnlyDictionary<string, string>? environment = null,
        CancellationToken cancellation = default)
    {
        var output = new CapturedOutput();
        using var stop = new AttemptStop();
        await using var timer = clock.CreateTimer(_ => stop.Request(StopReason.Timeout), null, timeout, Timeout.InfiniteTimeSpan);
        await using var given = cancellation.Register(() => stop.Request(StopReason.Timeout));
        var spec = new ProcessSpec { Argv = argv, Environment = environment ?? CopyEnvironment(), WorkingDirectory = Path.GetTempPath() };
        var end = await new ProcessRunner(clock).RunProgram(spec, output, stop, TimeSpan.Zero);
        return end.ExitCode is { } code && stop.Why == StopReason.None ? new ProbeAnswer(code, output.Text) : null;
    }

    private static Dictionary<string, string> CopyEnvironment()
    {
        var own = new Dictionary<string, string>(UserEnvironment.NameComparer);
        foreach (System.Collections.DictionaryEntry pair in Environment.GetEnvironmentVariables())
            own[(string)pair.Key] = (string?)pair.Value ?? "";
        // A worker's token is nobody else's business.
        own.Remove("WORKER_TOKEN");
        return own;
    }

    private sealed class CapturedOutput : IOutputSink
    {
        private readonly MemoryStream kept = new();

        public string Text
        {
            get
            {
                lock (kept)
                    return Encoding.UTF8.GetString(kept.GetBuffer(), 0, (int)kept.Length);
            }
        }

        public void Write(OutputStream stream, ReadOnlySpan<byte> bytes)
        {
            lock (kept)
                kept.Write(bytes[..Math.Min(bytes.Length, Largest - (int)kept.Length)]);
        }
    }
}
