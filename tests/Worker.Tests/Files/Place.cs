using OpenClaw.Worker.Execution.Files.Roots;

namespace OpenClaw.Worker.Tests.Files;

/// <summary>A place on this disk, without rules about it.</summary>
internal static class Place
{
    public static RootedPath Of(string path) => FileRoots.Anywhere.OpenPath(path, RootAccess.Read).Place!;
}
