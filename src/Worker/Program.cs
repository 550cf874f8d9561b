using OpenClaw.Worker.Cli;
using OpenClaw.Worker.Processes.Supervision;
using OpenClaw.Worker.Processes.Supervision.Watchdogs;

// Not verbs for people: they touch nothing of what they need, and is there within milliseconds.
if (args is [SupervisorVerb.Name, ..]) return SupervisorVerb.Run();
if (args is [EndTaskVerb.Name, ..]) return await EndTaskVerb.Run(args[1..]);
return await CommandLine.Run(args, Terminal.FromThisProcess());
