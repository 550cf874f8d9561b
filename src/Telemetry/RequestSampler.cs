using OpenTelemetry.Trace;

namespace OpenClaw.Telemetry;

/// <summary>
/// Which spans without a parent begin a trace: requests of clients, or the share of them that is asked for. Timers, sweeps and polls are
/// the machine's own talk and begin none.
/// </summary>
internal sealed class RequestSampler(double ratio) : Sampler
{
    private const string Request = "http.route";
    private readonly TraceIdRatioBasedSampler share = new(ratio);

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
    {
        foreach (var tag in samplingParameters.Tags ?? [])
        {
            if (tag.Key == Request) return share.ShouldSample(samplingParameters);
        }
        return new SamplingResult(SamplingDecision.Drop);
    }
}
