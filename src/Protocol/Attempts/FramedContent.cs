using System.Net;
using System.Net.Http.Headers;

namespace OpenClaw.Protocol.Attempts;

/// <summary>Chunks as frames, written straight from their arrays. May be sent again.</summary>
internal sealed class FramedContent : HttpContent
{
    private readonly IReadOnlyList<OutputChunk> chunks;

    public FramedContent(IReadOnlyList<OutputChunk> chunks)
    {
        this.chunks = chunks;
        Headers.ContentType = new MediaTypeHeaderValue(OutputFrames.MediaType);
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var head = new byte[OutputFrames.TimedHeadSize];
        foreach (var chunk in chunks)
        {
            var size = OutputFrames.WriteHead(head, chunk);
            await stream.WriteAsync(head.AsMemory(0, size), cancellationToken).ConfigureAwait(false);
            await stream.WriteAsync(chunk.Data, cancellationToken).ConfigureAwait(false);
        }
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override bool TryComputeLength(out long length)
    {
        length = chunks.Sum(chunk => (long)OutputFrames.GetSize(chunk));
        return true;
    }
}
