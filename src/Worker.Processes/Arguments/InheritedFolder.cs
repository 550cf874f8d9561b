using OpenClaw.Worker.FileSystems;

namespace OpenClaw.Worker.Processes.Arguments;

/// <summary>
/// A folder or file that a program inherits as an open descriptor. The process that spawns the program opens it, following no link; when it
/// is not the one that was meant, nothing is started.
/// </summary>
/// <param name="Path">Where it is, without links.</param>
/// <param name="Identity">Which one it must be; null: any.</param>
internal sealed record InheritedFolder(string Path, FileIdentity? Identity)
{
    /// <summary>Number of the first one in the program; the others follow.</summary>
    public const int FirstDescriptor = 3;
}
