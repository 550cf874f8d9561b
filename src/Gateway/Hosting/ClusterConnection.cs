using OpenClaw.Gateway.Problems;
using OpenClaw.GrainInterfaces;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.Hosting.Health;

namespace OpenClaw.Gateway.Hosting;

/// <summary>
/// Silos this gateway is connected to. Orleans' client connects when there is something to send and an idle gateway sends nothing:
/// when the last silo has gone, whoever asks for readiness makes it look for another.
/// </summary>
internal sealed class ClusterConnection(IServiceProvider services) : IReadinessCheck
{
    private volatile int silos;
    private int looking;

    public void SetSiloCount(int connected) => silos = connected;

    public ValueTask<string?> FindError(CancellationToken cancellation)
    {
        if (silos > 0) return default;
        if (Interlocked.Exchange(ref looking, 1) == 0) _ = ProbeCluster();
        return new("Not connected to any silo.");
    }

    /// <summary>Any call will do, and its answer says nothing that the connection does not.</summary>
    private async Task ProbeCluster()
    {
        try
        {
            await services.GetRequiredService<IGrainFactory>().GetGrain<ITokenGrain>(GrainKeys.ForToken("anybody")).Get();
        }
        catch (Exception error) when (ProblemMiddleware.IsInfrastructureError(error))
        {
            // Asked again with the next question.
        }
        finally
        {
            Volatile.Write(ref looking, 0);
        }
    }
}
