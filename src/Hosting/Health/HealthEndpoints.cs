using System.Text.Json;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace OpenClaw.Hosting.Health;

/// <summary>What orchestrators and balancers ask.</summary>
public static class HealthEndpoints
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Registers what the endpoints need. What is checked is every <see cref="IReadinessCheck"/> there is.</summary>
    public static IServiceCollection AddHealth(this IServiceCollection services)
    {
        services.TryAddSingleton<Readiness>();
        return services;
    }

    /// <summary>
    /// Maps <c>/healthz</c>, whether the process lives, whatever has become of the others; and <c>/readyz</c>, whether it serves: 503
    /// with the reasons when not.
    /// </summary>
    public static IEndpointConventionBuilder MapHealth(this IEndpointRouteBuilder routes)
    {
        var readiness = routes.ServiceProvider.GetRequiredService<Readiness>();
        var group = routes.MapGroup("");
        group.MapMethods("/healthz", Methods, (RequestDelegate)(context => Answer(context, "alive", [])));
        group.MapMethods("/readyz", Methods, (RequestDelegate)(context => Ready(context, readiness)));
        return group;
    }

    private static async Task Ready(HttpContext context, Readiness readiness)
    {
        var faults = await readiness.Faults();
        await Answer(context, faults.Length == 0 ? "ready" : "not-ready", faults);
    }

    private static async Task Answer(HttpContext context, string status, string[] reasons)
    {
        var response = context.Response;
        response.StatusCode = reasons.Length == 0 ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        response.ContentType = "application/json";
        response.Headers.CacheControl = "no-store";
        var writer = new Utf8JsonWriter(response.BodyWriter);
        writer.WriteStartObject();
        writer.WriteString("status", status);
        if (reasons.Length > 0) writer.WriteString("reason", string.Join(' ', reasons));
        writer.WriteEndObject();
        await writer.FlushAsync();
        await response.BodyWriter.FlushAsync();
    }
}
