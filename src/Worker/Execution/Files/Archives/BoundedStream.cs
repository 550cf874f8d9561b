namespace OpenClaw.Worker.Execution.Files.Archives;

/// <summary>Memory that takes so much and no more.</summary>
internal sealed class BoundedStream(int most) : MemoryStream
{
    // The base brings everything else that writes here.
    public override void Write(byte[] buffer, int offset, int count)
    {
        if (Length + count > most) throw new ArchiveFullException();
        base.Write(buffer, offset, count);
    }
}

/// <summary>There is no room for more.</summary>
internal sealed class ArchiveFullException() : IOException("the archive is full");
