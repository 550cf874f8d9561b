using OpenClaw.FaultySilo;
using OpenClaw.Silo.Hosting;

// The product's silo, word for word, but for the storage of its tasks.
return await SiloServer.Run(args, builder => builder.Services.MakeTasksFaulty(FaultShares.Read(Environment.GetEnvironmentVariable)));
