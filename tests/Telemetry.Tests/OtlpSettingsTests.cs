using System.Diagnostics;
using OpenTelemetry.Trace;

namespace OpenClaw.Telemetry.Tests;

/// <summary>When there are traces, and of what.</summary>
public sealed class OtlpSettingsTests
{
    [Theory, InlineData(null, false), InlineData("", false), InlineData(" ", false), InlineData("http://127.0.0.1:4317", true)]
    public void There_are_traces_when_a_collector_is_named(string? endpoint, bool traces) =>
        Assert.Equal(traces, OtlpSettings.Read(name => name == "OTEL_EXPORTER_OTLP_ENDPOINT" ? endpoint : null).Traces);

    [Theory]
    [InlineData(null, 1), InlineData("0.25", 0.25), InlineData("0", 0), InlineData("7", 1), InlineData("-1", 0)]
    [InlineData("much", 1), InlineData("NaN", 1)]
    public void The_share_of_traces_is_from_0_to_1(string? given, double share) =>
        Assert.Equal(share, OtlpSettings.Read(name => name == "OTEL_TRACES_SAMPLER_ARG" ? given : null).Ratio);

    [Fact]
    public void What_is_not_of_opentelemetry_stays_outside() =>
        Assert.All(OtlpSettings.Read(name => name).Values, pair => Assert.StartsWith("OTEL_", pair.Key, StringComparison.Ordinal));

    [Theory, InlineData("http.route", 1, SamplingDecision.RecordAndSample)]
    [InlineData("http.route", 0, SamplingDecision.Drop), InlineData("rpc.method", 1, SamplingDecision.Drop)]
    public void Only_requests_begin_traces_and_only_their_share(string tag, double share, SamplingDecision decision)
    {
        var span = new SamplingParameters(
            default, ActivityTraceId.CreateRandom(), "x", ActivityKind.Server, [new KeyValuePair<string, object?>(tag, "/tasks")]);
        Assert.Equal(decision, new RequestSampler(share).ShouldSample(span).Decision);
    }
}
