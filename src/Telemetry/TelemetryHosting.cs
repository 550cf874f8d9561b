using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace OpenClaw.Telemetry;

/// <summary>
/// Collects what the projects measure: metrics for Prometheus, traces for an OTLP collector. The projects themselves know only the base
/// library's instruments, which cost nothing while nobody collects.
/// </summary>
public static class TelemetryHosting
{
    private const string Path = "/metrics";

    /// <summary>
    /// Metrics when they are wanted; traces when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> names a collector, which is what is answered. Whoever
    /// makes grain calls then carries the trace along with them (<c>AddActivityPropagation</c>). With neither nothing is measured.
    /// </summary>
    /// <param name="builder">The host.</param>
    /// <param name="service">Name of the service; <c>OTEL_SERVICE_NAME</c> goes before it.</param>
    /// <param name="metrics">Somebody will ask for /metrics.</param>
    /// <param name="environment">Value of a variable. The host's own configuration may know none.</param>
    public static bool AddTelemetry(this IHostApplicationBuilder builder, string service, bool metrics, Func<string, string?> environment)
    {
        var settings = OtlpSettings.Read(environment);
        if (!metrics && !settings.Traces) return false;
        builder.Configuration.AddInMemoryCollection(settings.Values);
        var telemetry = builder.Services.AddOpenTelemetry()
            // What is said later goes before what was said earlier: the operator has the last word.
            .ConfigureResource(resource => resource.Clear().AddTelemetrySdk().AddService(service).AddEnvironmentVariableDetector());
        if (metrics)
        {
            telemetry.WithMetrics(all => all.AddMeter(CollectedTelemetry.Meters).AddView(CollectedTelemetry.ChooseView)
                // Whoever asks is told what is true now: by default the answer of a moment ago is given again.
                .AddPrometheusExporter(exporter => exporter.ScrapeResponseCacheDurationMilliseconds = 0));
        }
        if (settings.Traces)
        {
            telemetry.WithTracing(traces => traces
                .AddSource(CollectedTelemetry.Sources)
                .SetSampler(new ParentBasedSampler(new RequestSampler(settings.Ratio)))
                .AddOtlpExporter());
        }
        return settings.Traces;
    }

    /// <summary>GET /metrics in the text format of Prometheus, among the routes of a port that only insiders reach.</summary>
    public static void MapMetrics(this IEndpointRouteBuilder routes) => routes.MapPrometheusScrapingEndpoint(Path);

    /// <summary>
    /// A port with GET /metrics and nothing else, which is not to be found on any other port. Comes first of all middleware. What counts is
    /// the port the connection came in by: a Host header says whatever its sender likes.
    /// </summary>
    public static void UseMetricsPort(this IApplicationBuilder app, int port) => app.MapWhen(
        context => context.Connection.LocalPort == port, metrics => metrics.UseOpenTelemetryPrometheusScrapingEndpoint(Path));
}
