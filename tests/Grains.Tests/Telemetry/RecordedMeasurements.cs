using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace OpenClaw.Grains.Tests.Telemetry;

/// <summary>Listens to the instruments and keeps what carries a label, so that tests beside it are not heard.</summary>
internal sealed class RecordedMeasurements : IDisposable
{
    private readonly MeterListener listener = new();

    public RecordedMeasurements(string label, string value)
    {
        listener.InstrumentPublished = static (instrument, own) =>
        {
            if (instrument.Meter.Name == "OpenClaw") own.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, number, labels, _) => Keep(instrument, number, labels));
        listener.SetMeasurementEventCallback<double>((instrument, number, labels, _) => Keep(instrument, number, labels));
        listener.Start();

        void Keep(Instrument instrument, double number, ReadOnlySpan<KeyValuePair<string, object?>> labels)
        {
            var all = labels.ToArray();
            if (!all.Contains(KeyValuePair.Create(label, (object?)value))) return;
            var others = all.Where(one => one.Key != label).Select(one => $"{one.Key}={one.Value}");
            All.Enqueue(FormattableString.Invariant($"{instrument.Name} {number} {string.Join(' ', others)}").TrimEnd());
        }
    }

    /// <summary>Name, number and the other labels of each measurement.</summary>
    public ConcurrentQueue<string> All { get; } = new();

    public void Dispose() => listener.Dispose();
}
