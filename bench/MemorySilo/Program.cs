using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OpenClaw.Bench.MemorySilo;
using OpenClaw.Grains.Ports;
using OpenClaw.Silo.Hosting;
using OpenClaw.Storage;
using Orleans.Storage;

// A silo as it is shipped, but for the tasks, which are forgotten with the process: what durability costs is the difference. docs/performance.md.
return await SiloServer.Run(args, builder =>
{
    var tasks = new MemoryTasks();
    builder.Services.Replace(ServiceDescriptor.KeyedSingleton<IGrainStorage>(StorageHosting.Tasks, tasks));
    builder.Services.Replace(ServiceDescriptor.Singleton<ITaskIndex>(tasks));
});
