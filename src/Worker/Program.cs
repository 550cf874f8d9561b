using OpenClaw.Worker.Cli;
using OpenClaw.Worker.Supervision;

// Not a verb for people: it touches nothing of what they need, and is there within milliseconds.
if (args is [SupervisorVerb.Name, ..])
    return SupervisorVerb.Run();
return await CommandLine.Run(args, Terminal.OfThisProcess());
