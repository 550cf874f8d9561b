using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Execution.Files;
using OpenClaw.Worker.Output;
using OpenClaw.Worker.Processes.Output;
using OpenClaw.Worker.Transport;

namespace OpenClaw.Worker.Tests.Output;

public sealed class LargeWriteTests
{
    [Fact]
    public async Task One_write_larger_than_the_buffer_arrives_whole_when_the_server_answers()
    {
        var bytes = new byte[FileReading.MaxText];
        new Random(3).NextBytes(bytes);
        using var arrived = new MemoryStream();
        var pump = new OutputPump(
            (chunks, _) =>
            {
                foreach (var chunk in chunks) arrived.Write(chunk.Data);
                return Task.FromResult(new Reply<OutputTaken>(null, null, null));
            },
            TimeProvider.System);
        pump.Write(OutputStream.Stdout, bytes);
        var rest = await pump.Complete();
        foreach (var chunk in rest.Unsent) arrived.Write(chunk.Data);
        Assert.Equal(bytes.Length, rest.StdoutBytes);
        Assert.True(bytes.AsSpan().SequenceEqual(arrived.ToArray()));
    }
}
