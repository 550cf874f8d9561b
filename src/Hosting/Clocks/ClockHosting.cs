using Microsoft.Extensions.DependencyInjection.Extensions;

namespace OpenClaw.Hosting.Clocks;

/// <summary>Gives a host its clock.</summary>
public static class ClockHosting
{
    /// <summary>
    /// The one clock of everything in the host, Orleans included: its collector of activations throws when time goes back.
    /// </summary>
    public static void AddAnchoredClock(this IServiceCollection services, AnchoredClock clock, IClockReference reference, ClockVote vote)
    {
        services.Replace(ServiceDescriptor.Singleton<TimeProvider>(clock));
        services.AddSingleton(provider => new ClockFollower(
            clock, reference, vote, provider.GetRequiredService<IHostApplicationLifetime>(),
            provider.GetRequiredService<ILogger<ClockFollower>>()));
        services.AddHostedService(provider => provider.GetRequiredService<ClockFollower>());
    }

    /// <summary>After the host has stopped: fails when that was because its clock was off.</summary>
    /// <exception cref="StartupException">So that whoever started the process starts it anew.</exception>
    public static void ThrowIfClockWasOff(this IServiceProvider services)
    {
        if (services.GetRequiredService<ClockFollower>().HandedOver is { } sentence)
            throw new StartupException(StartupException.Clock, sentence);
    }
}
