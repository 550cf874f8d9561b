using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpenClaw.Gateway.Compat;
using OpenClaw.Gateway.Endpoints;
using OpenClaw.Gateway.Hosting;
using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Requests;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Security.Access;
using OpenClaw.Gateway.Security.Administration;
using OpenClaw.Gateway.Security.Enrolment;
using OpenClaw.Gateway.Security.People;
using OpenClaw.Gateway.Security.Revocation;
using OpenClaw.Gateway.Security.Tenants;
using OpenClaw.Gateway.Security.Uses;
using OpenClaw.Gateway.Telemetry;
using OpenClaw.Gateway.Workers;
using OpenClaw.Hosting.Health;

namespace OpenClaw.Gateway;

/// <summary>Puts the gateway into a web host.</summary>
public static class GatewayHosting
{
    /// <summary>Registers the gateway. Needs an <see cref="IGrainFactory"/> and the ports of storage in the same container.</summary>
    public static IHostApplicationBuilder AddOpenClawGateway(this IHostApplicationBuilder builder, Action<GatewayOptions> configure)
    {
        var services = builder.Services;
        services.AddOptions<GatewayOptions>().Configure(configure).ValidateOnStart();
        services.AddSingleton<IValidateOptions<GatewayOptions>, GatewayOptionsValidator>();
        services.Configure<KestrelServerOptions>(ConfigureKestrel);
        services.TryAddSingleton(TimeProvider.System);
        // A line ends with CR LF. Where a proxy and we disagree about that, a second request hides in the first.
        AppContext.SetSwitch("Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators", true);
        services.AddRouting();
        services.AddHealth();
        services.AddSingleton<TokenReadiness>();
        services.AddSingleton<IReadinessCheck>(provider => provider.GetRequiredService<TokenReadiness>());
        services.AddSingleton<LookupTurns>();
        services.AddSingleton<TokenCache>();
        services.AddSingleton<LastUses>();
        services.AddSingleton<TokenCheck>();
        services.AddSingleton<RefusalNotes>();
        services.AddSingleton<LongRequests>();
        services.AddSingleton<TokenRegistry>();
        services.AddSingleton<PeopleRegistry>();
        services.AddSingleton<TenantRegistry>();
        services.AddSingleton<SignedRequests>();
        services.AddSingleton<PollRates>();
        services.AddSingleton<CompatiblePollRates>();
        services.AddSingleton<SessionCredentials>();
        services.AddSingleton<InviteRegistry>();
        services.AddHostedService<RevocationWatch>();
        services.AddHostedService<LastUseWriter>();
        services.AddSingleton(provider => new TokenBootstrapper(
            provider.GetRequiredService<IGrainFactory>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<IOptions<GatewayOptions>>(), provider.GetRequiredService<TokenReadiness>()));
        services.AddSingleton<FailureThrottle>();
        services.AddEndpoints();
        builder.AddEndpointServices();
        return builder;
    }

    /// <summary>Maps every route. Fails when one of them has no policy.</summary>
    public static WebApplication MapOpenClaw(this WebApplication app)
    {
        app.UseForwardedAddress(app.Services.GetRequiredService<IOptions<GatewayOptions>>().Value.TrustedProxies);
        app.UseSafeHeaders();
        app.UseMiddleware<ProblemMiddleware>();
        app.UseRouting();
        app.UseMiddleware<AuthMiddleware>();
        app.Use(RequestTrace.WrapRequest);
        app.MapHealth().RequirePolicy(AccessPolicy.Anyone);
        app.MapEndpoints();
        ((IEndpointRouteBuilder)app).DataSources.ThrowIfUndecided();
        return app;
    }

    private static void ConfigureKestrel(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        var limits = kestrel.Limits;
        limits.MaxRequestBodySize = Protocol.Limits.CompatibleResultBody;
        limits.MaxRequestLineSize = 8 * 1024;
        limits.MaxRequestHeadersTotalSize = 16 * 1024;
        limits.MaxRequestHeaderCount = 64;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);
    }
}
