using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;

namespace OpenClaw.Telemetry;

/// <summary>What is collected of all that could be. docs/observability.md says what each means.</summary>
internal static class CollectedTelemetry
{
    /// <summary>Spans: ours, calls between grains, statements of the database.</summary>
    public static readonly string[] Sources = ["OpenClaw", "Microsoft.Orleans.Application", "Npgsql"];

    /// <summary>Ours whole; of the others see <see cref="ForeignInstruments"/>.</summary>
    public static readonly string[] Meters =
        ["OpenClaw", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime", "Microsoft.Orleans"];

    /// <summary>
    /// The few instruments of others that somebody looks at. The rest is not even measured; nothing of Npgsql's, which labels what it tells
    /// with the connection string.
    /// </summary>
    public static readonly string[] ForeignInstruments =
    [
        "http.server.request.duration", "http.server.active_requests", "kestrel.active_connections",
        "dotnet.process.cpu.time", "dotnet.process.memory.working_set", "dotnet.gc.pause.time", "dotnet.gc.last_collection.heap.size",
        "orleans-catalog-activations", "orleans-gateway-connected-clients",
    ];

    /// <summary>Drops what nobody looks at.</summary>
    public static MetricStreamConfiguration? ChooseView(Instrument instrument) =>
        instrument.Meter.Name == "OpenClaw" || ForeignInstruments.Contains(instrument.Name) ? null : MetricStreamConfiguration.Drop;
}
