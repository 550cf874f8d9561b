using System.Text.Json;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace OpenClaw.Hosting.Health;

/// <summary>What orchestrators and balancers ask.</summary>
public static class HealthEndpoints
{
    /// <summary>Whether the process lives.</summary>
    public const string Liveness = "/healthz";

    /// <summary>Route that answers whether the process can serve now.</summary>
    public const string Readiness = "/readyz";

    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Registers what the endpoints need. What is checked is every <see cref="IReadinessCheck"/> there is.</summary>
    public static IServiceCollection AddHealth(this IServiceCollection services)
    {
        services.TryAddSingleton<ReadinessState>();
        return services;
    }

    /// <summary>
    /// Maps <see cref="Liveness"/>, which asks nothing but this process, and <see cref="Readiness"/>: 503 with the reasons when it does not
    /// serve.
    /// </summary>
    public static IEndpointConventionBuilder MapHealth(this IEndpointRouteBuilder routes)
    {
        var readiness = routes.ServiceProvider.GetRequiredService<ReadinessState>();
        var group = routes.MapGroup("");
        group.MapMethods(Liveness, Methods, (RequestDelegate)(context => WriteAnswer(context, "alive", [])));
        group.MapMethods(Readiness, Methods, (RequestDelegate)(context => AnswerReadiness(context, readiness)));
        return group;
    }

    private static async Task AnswerReadiness(HttpContext context, ReadinessState readiness)
    {
        var errors = await readiness.FindErrors();
        await WriteAnswer(context, errors.Length == 0 ? "ready" : "not-ready", errors);
    }

    private static async Task WriteAnswer(HttpContext context, string status, string[] reasons)
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
