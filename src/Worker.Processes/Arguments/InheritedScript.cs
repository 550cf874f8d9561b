namespace OpenClaw.Worker.Processes.Arguments;

/// <summary>
/// A text its program reads as a file, without one that anybody would have to remove: a descriptor it inherits. The way for what is too
/// long for an argument. Unix only.
/// </summary>
internal static class InheritedScript
{
    /// <summary>Its number in the program: above those of <see cref="InheritedFolder"/>, below those of ours.</summary>
    public const int Descriptor = 190;

    /// <summary>Where the program, and whatever it starts, opens it. Seen in a sandbox too, which has a /proc of its own.</summary>
    public static string Path => OperatingSystem.IsMacOS() ? "/dev/fd/190" : "/proc/self/fd/190";
}
