using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace OpenClaw.Gateway.Tests.Security.Matrix;

/// <summary>Every text that was the value of a label of a metric while it listens: whoever reads metrics reads them.</summary>
internal sealed class MetricLabels : IDisposable
{
    private readonly ConcurrentDictionary<string, string> values = new(StringComparer.Ordinal);
    private readonly MeterListener listener;

    public MetricLabels()
    {
        listener = new MeterListener { InstrumentPublished = (instrument, meter) => meter.EnableMeasurementEvents(instrument) };
        listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => KeepValues(instrument, tags));
        listener.SetMeasurementEventCallback<int>((instrument, _, tags, _) => KeepValues(instrument, tags));
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => KeepValues(instrument, tags));
        listener.Start();
    }

    /// <summary>Value of a label, and the metric it was first seen at.</summary>
    public IReadOnlyDictionary<string, string> Values => values;

    public void ReadGauges() => listener.RecordObservableInstruments();

    public void Dispose() => listener.Dispose();

    private void KeepValues(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var (name, value) in tags)
            if (value?.ToString() is { } text) values.TryAdd(text, $"{instrument.Name} {name}");
    }
}
