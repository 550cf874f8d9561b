using System.Globalization;

namespace OpenClaw.Telemetry;

/// <summary>The standard variables of OpenTelemetry that this process heeds.</summary>
/// <param name="Traces">A collector is named.</param>
/// <param name="Ratio">Share of the clients' requests without a trace of their own that get one.</param>
/// <param name="Values">What the exporter reads by itself.</param>
internal sealed record OtlpSettings(bool Traces, double Ratio, IReadOnlyDictionary<string, string?> Values)
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string SamplerArgument = "OTEL_TRACES_SAMPLER_ARG";

    private static readonly string[] Exporter =
    [
        Endpoint, "OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_TIMEOUT",
        "OTEL_BSP_SCHEDULE_DELAY", "OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES",
    ];

    public static OtlpSettings Read(Func<string, string?> environment)
    {
        var given = Exporter.Select(name => KeyValuePair.Create(name, environment(name)))
            .Where(pair => !string.IsNullOrWhiteSpace(pair.Value));
        var values = given.ToDictionary(StringComparer.Ordinal);
        var ratio = double.TryParse(environment(SamplerArgument), NumberStyles.Float, CultureInfo.InvariantCulture, out var share)
            ? share
            : 1;
        return new(values.ContainsKey(Endpoint), Math.Clamp(double.IsNaN(ratio) ? 1 : ratio, 0, 1), values);
    }
}
