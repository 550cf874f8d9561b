using OpenClaw.Worker.Execution.Files;

namespace OpenClaw.Worker.Processes;

/// <summary>
/// A folder or file that a program is given open. It is opened by who starts the program, without following a link; when it is not the one
/// that was meant, nothing is started.
/// </summary>
/// <param name="Path">Where it is, without links.</param>
/// <param name="Identity">Which one it is; null: whichever stands there.</param>
internal sealed record InheritedFolder(string Path, FileIdentity? Identity)
{
    /// <summary>The program has the first of them as this descriptor, and the others behind it.</summary>
    public const int FirstDescriptor = 3;
}
