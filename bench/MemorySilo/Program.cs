using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using OpenClaw.Bench.MemorySilo;
using OpenClaw.Grains.Ports;
using OpenClaw.Silo.Hosting;
using OpenClaw.Storage;
using Orleans.Storage;

// A silo as it is shipped, but for the tasks, which are forgotten with the process: what durability costs is the difference.
// docs/performance.md. MEMORY=orleans keeps them in the in-memory storage that comes with Orleans; else a dictionary holds them, which
// costs nothing at all.
const string Provider = "memory";
var provided = Environment.GetEnvironmentVariable("MEMORY") == "orleans";
return await SiloServer.Run(args, builder =>
{
    if (provided) builder.UseOrleans(silo => silo.AddMemoryGrainStorage(Provider));
    builder.Services.AddSingleton(services => new MemoryTasks(provided ? services.GetRequiredKeyedService<IGrainStorage>(Provider) : null));
    builder.Services.Replace(ServiceDescriptor.KeyedSingleton<IGrainStorage>(
        StorageHosting.Tasks, (services, _) => services.GetRequiredService<MemoryTasks>()));
    builder.Services.Replace(ServiceDescriptor.Singleton<ITaskIndex>(services => services.GetRequiredService<MemoryTasks>()));
});
