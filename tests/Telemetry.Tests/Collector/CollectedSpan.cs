using System.Text;

namespace OpenClaw.Telemetry.Tests.Collector;

/// <summary>A span as it came over OTLP, as far as the tests look: who it is, below whom, what it is called, from which service.</summary>
public sealed record CollectedSpan(string Service, string TraceId, string SpanId, string ParentId, string Name)
{
    /// <summary>All spans of an ExportTraceServiceRequest.</summary>
    public static List<CollectedSpan> ReadAll(byte[] request)
    {
        var spans = new List<CollectedSpan>();
        foreach (var resource in new Fields(request).Of(1))
        {
            var service = new Fields(resource).Of(1).SelectMany(r => new Fields(r).Of(1)).Where(a => Text(a, 1) == "service.name")
                .SelectMany(a => new Fields(a).Of(2)).Select(value => Text(value, 1)).FirstOrDefault() ?? "";
            foreach (var span in new Fields(resource).Of(2).SelectMany(scope => new Fields(scope).Of(2)))
                spans.Add(new(service, Hex(span, 1), Hex(span, 2), Hex(span, 4), Text(span, 5)));
        }
        return spans;
    }

    private static string Text(byte[] message, int field) => Encoding.UTF8.GetString(new Fields(message).Of(field).FirstOrDefault() ?? []);

    private static string Hex(byte[] message, int field) => Convert.ToHexStringLower(new Fields(message).Of(field).FirstOrDefault() ?? []);

    /// <summary>A protobuf message, its length-delimited fields only: the rest is skipped.</summary>
    private sealed class Fields(byte[] message)
    {
        public IEnumerable<byte[]> Of(int wanted)
        {
            for (var at = 0; at < message.Length;)
            {
                var tag = Varint(ref at);
                var length = (tag & 7) switch
                {
                    0 => SkipVarint(ref at),
                    1 => 8,
                    2 => (int)Varint(ref at),
                    5 => 4,
                    var type => throw new InvalidDataException($"wire type {type}"),
                };
                if ((tag & 7) == 2 && (int)(tag >> 3) == wanted) yield return message[at..(at + length)];
                at += length;
            }
        }

        private int SkipVarint(ref int at)
        {
            Varint(ref at);
            return 0;
        }

        private ulong Varint(ref int at)
        {
            ulong value = 0;
            for (var shift = 0; ; shift += 7)
            {
                var part = message[at++];
                value |= (ulong)(part & 0x7f) << shift;
                if (part < 0x80) return value;
            }
        }
    }
}
