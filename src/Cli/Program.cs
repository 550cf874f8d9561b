using OpenClaw.Cli;

return await CommandLine.Run(args, Terminal.FromThisProcess());
