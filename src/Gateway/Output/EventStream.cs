using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace OpenClaw.Gateway.Output;

/// <summary>Writes server-sent events. Each write waits until the connection took it: a slow reader holds one event.</summary>
internal sealed class EventStream(PipeWriter body, TimeProvider clock)
{
    private static ReadOnlySpan<byte> NewLine => "\n"u8;
    private readonly ArrayBufferWriter<byte> json = new(512);
    private long written = clock.GetTimestamp();

    /// <summary>How long nothing was written.</summary>
    public TimeSpan QuietTime => clock.GetElapsedTime(written);

    public async Task SendEvent<T>(string name, EventPosition id, T data, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        json.ResetWrittenCount();
        await using (var writer = new Utf8JsonWriter(json)) JsonSerializer.Serialize(writer, data, type);
        body.Write(Encoding.ASCII.GetBytes($"id: {id}\nevent: {name}\ndata: "));
        body.Write(json.WrittenSpan);
        body.Write(NewLine);
        body.Write(NewLine);
        await FlushBody(cancellation);
    }

    public async Task SendKeepAlive(CancellationToken cancellation)
    {
        body.Write(": keep-alive\n\n"u8);
        await FlushBody(cancellation);
    }

    private async ValueTask FlushBody(CancellationToken cancellation)
    {
        await body.FlushAsync(cancellation);
        written = clock.GetTimestamp();
    }
}
