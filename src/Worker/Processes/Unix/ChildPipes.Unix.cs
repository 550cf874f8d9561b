using OpenClaw.Worker.Output;

namespace OpenClaw.Worker.Processes.Unix;

/// <summary>The pipes of a child about to start: the child's ends are closed here in any case, ours go to the pump.</summary>
internal sealed class ChildPipes : IDisposable
{
    private readonly (int Read, int Write) input = (-1, -1);
    private readonly (int Read, int Write) output = (-1, -1);
    private readonly (int Read, int Write) error = (-1, -1);
    private bool handedOver;

    public ChildPipes(bool withInput)
    {
        try
        {
            output = Native.Pipe();
            error = Native.Pipe();
            if (withInput)
                input = Native.Pipe();
        }
        catch (IOException)
        {
            Dispose();
            throw;
        }
    }

    public int ChildStdin => input.Read;
    public int ChildStdout => output.Write;
    public int ChildStderr => error.Write;

    public PipePump ToPump(ReadOnlyMemory<byte> stdin, IOutputSink sink, TimeProvider clock)
    {
        var pump = new PipePump(input.Write, output.Read, error.Read, stdin, sink, clock);
        handedOver = true;
        return pump;
    }

    public void Dispose()
    {
        Close(input.Read);
        Close(output.Write);
        Close(error.Write);
        if (handedOver)
            return;
        Close(input.Write);
        Close(output.Read);
        Close(error.Read);
    }

    private static void Close(int fd)
    {
        if (fd >= 0)
            _ = Native.Close(fd);
    }
}
