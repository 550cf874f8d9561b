using Orleans.Configuration;

namespace OpenClaw.Silo;

/// <summary>What every silo of ours has, alone or in a cluster.</summary>
internal static class OrleansSettings
{
    public static void AddGrainSettings(this ISiloBuilder silo)
    {
        silo.AddReminders();
        silo.AddStartupTask<WakeUpShardStart>(ServiceLifecycleStage.Active);
        silo.Configure<SiloMessagingOptions>(options =>
        {
            options.ResponseTimeout = TimeSpan.FromSeconds(10);
            // A call that meets an ended task's activation just going is sent on to the next one.
            options.MaxForwardCount = 8;
        });
        // Its slots are allocated at once: a million of them, the default, are 18 MB.
        silo.Configure<GrainDirectoryOptions>(options => options.CacheSize = 10_000);
        silo.Configure<GrainCollectionOptions>(options =>
        {
            // A queued task's grain is of no use until a worker comes: the row has everything. A million of them would be gigabytes.
            options.CollectionQuantum = TimeSpan.FromSeconds(1);
            options.CollectionAge = TimeSpan.FromSeconds(2);
            options.DeactivationTimeout = TimeSpan.FromSeconds(5);
        });
    }
}
