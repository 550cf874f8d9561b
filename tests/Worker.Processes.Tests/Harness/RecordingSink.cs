using OpenClaw.Worker.Processes.Output;

namespace OpenClaw.Worker.Processes.Tests.Harness;

internal sealed class RecordingSink : IOutputSink
{
    private readonly Lock gate = new();
    private readonly MemoryStream stdout = new();
    private readonly MemoryStream stderr = new();

    public byte[] Stdout { get { lock (gate) return stdout.ToArray(); } }
    public byte[] Stderr { get { lock (gate) return stderr.ToArray(); } }
    public string Text => System.Text.Encoding.UTF8.GetString(Stdout);
    public bool HasStarted { get; private set; }

    public void ReportStarted() => HasStarted = true;

    public void Write(OutputStream stream, ReadOnlySpan<byte> bytes)
    {
        lock (gate)
            (stream == OutputStream.Stdout ? stdout : stderr).Write(bytes);
    }
}

/// <summary>Counts and forgets; remembers the largest piece.</summary>
internal sealed class CountingSink : IOutputSink
{
    private long bytes;
    private int largest;

    public long Bytes => Interlocked.Read(ref bytes);
    public int Largest => Volatile.Read(ref largest);

    public void Write(OutputStream stream, ReadOnlySpan<byte> data)
    {
        Interlocked.Add(ref bytes, data.Length);
        largest = Math.Max(largest, data.Length);
    }
}
