namespace OpenClaw.Worker.Processes.Output;

/// <summary>Passes on the first <c>limit</c> bytes of both streams together; drops the rest and reports that once.</summary>
internal sealed class LimitedSink(IOutputSink inner, long limit, Action exceeded) : IOutputSink
{
    private readonly Lock gate = new();
    private long left = limit;
    private bool reported;

    public void Write(OutputStream stream, ReadOnlySpan<byte> bytes)
    {
        int passed;
        bool tell;
        lock (gate)
        {
            passed = (int)Math.Min(left, bytes.Length);
            left -= passed;
            tell = passed < bytes.Length && !reported;
            reported |= tell;
        }
        if (passed > 0) inner.Write(stream, bytes[..passed]);
        if (tell) exceeded();
    }
}
