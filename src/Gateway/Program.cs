using OpenClaw.Gateway.Hosting;

return await GatewayServer.Run(args);
