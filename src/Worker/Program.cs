using OpenClaw.Worker.Cli;

return await CommandLine.Run(args, Terminal.OfThisProcess());
