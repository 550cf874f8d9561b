using OpenClaw.Silo.Hosting;

return await SiloServer.Run(args);
