using OpenClaw.Protocol.Attempts;

namespace OpenClaw.TestKit.FakeGateway;

/// <summary>An attempt as the fake gateway keeps it.</summary>
public sealed class FakeAttempt(Offer offer)
{
    private readonly MemoryStream stdout = new();
    private readonly MemoryStream stderr = new();

    public Offer Offer => offer;

    /// <summary>Its payload is to be fetched.</summary>
    public bool IsLarge { get; set; }
    public bool Started { get; internal set; }
    public bool Cancelled { get; internal set; }
    /// <summary>A worker has asked for its owner's yes.</summary>
    public bool Asked { get; internal set; }
    public bool Superseded { get; internal set; }

    /// <summary>Heartbeats are answered without a word of it, as when its grain hangs.</summary>
    public bool LeftOut { get; internal set; }
    public List<AttemptResult> Results { get; } = [];
    public int OutputCalls { get; internal set; }

    /// <summary>What it has of the output, as it came.</summary>
    public List<OutputChunk> Chunks { get; } = [];

    public long NextSequence { get; private set; }
    public byte[] Stdout => stdout.ToArray();
    public byte[] Stderr => stderr.ToArray();
    public string Text => System.Text.Encoding.UTF8.GetString(stdout.ToArray());

    /// <summary>Where its output goes on.</summary>
    public NextOutput Next => new(NextSequence, stdout.Length, stderr.Length);

    /// <summary>Forgets output, as a gateway put back to an older state would.</summary>
    public void ForgetOutput()
    {
        stdout.SetLength(0);
        stderr.SetLength(0);
        NextSequence = 0;
        Chunks.Clear();
    }

    /// <summary>As the real one: a repeat changes nothing, a gap is answered with where to go on.</summary>
    internal NextOutput? Append(OutputChunk[] chunks)
    {
        foreach (var chunk in chunks)
        {
            if (chunk.Sequence < NextSequence) continue;
            var stream = chunk.Stream == "stdout" ? stdout : stderr;
            if (chunk.Sequence > NextSequence || chunk.Offset != stream.Length) return Next;
            stream.Write(chunk.Data);
            Chunks.Add(chunk);
            NextSequence++;
        }
        return null;
    }
}
