namespace OpenClaw.Worker.Processes.Supervision;

/// <summary>What the supervisors of a daemon are started from, and where they and their daemon leave what the other needs.</summary>
/// <param name="Program">Program and first arguments of a supervisor.</param>
/// <param name="AttemptsFolder">Has a folder for each attempt under supervision.</param>
/// <param name="SocketPath">The socket where supervisors find the daemon that lives.</param>
/// <param name="OutputKept">Output of a program that is kept on disk from the beginning, in bytes; of the rest the newest is kept.</param>
internal sealed record SupervisionOptions(IReadOnlyList<string> Program, string AttemptsFolder, string SocketPath, long OutputKept);
