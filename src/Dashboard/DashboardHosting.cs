using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Dashboard;
using Orleans.Serialization;

namespace OpenClaw.Dashboard;

/// <summary>
/// The Orleans Dashboard, for a cluster whose operator asked for it: it puts a filter before every grain call and samples every second.
/// Nothing of it is loaded otherwise.
/// </summary>
public static class DashboardHosting
{
    /// <summary>Lets a silo tell the dashboard about itself.</summary>
    public static void AddClusterDashboard(this ISiloBuilder silo)
    {
        AddGrainSerializers(silo.Services);
        silo.AddDashboard(ConfigureOptions);
    }

    /// <summary>Lets a gateway ask the silos.</summary>
    public static void AddClusterDashboard(this IClientBuilder client)
    {
        AddGrainSerializers(client.Services);
        client.AddDashboard(ConfigureOptions);
    }

    /// <summary>Its page and what the page asks for. Has no policy of its own: whoever maps it sets one.</summary>
    public static IEndpointConventionBuilder MapClusterDashboard(this IEndpointRouteBuilder routes) => routes.MapOrleansDashboard();

    private static void AddGrainSerializers(IServiceCollection services) =>
        services.AddSerializer(serializer => serializer.AddAssembly(typeof(DashboardOptions).Assembly));

    /// <summary>The stream of the log holds a connection for an hour and shows one process of many.</summary>
    private static void ConfigureOptions(DashboardOptions options) => options.HideTrace = true;
}
