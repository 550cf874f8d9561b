namespace OpenClaw.Worker.Control;

/// <summary>Whether a daemon holds a home folder, whatever its socket does.</summary>
internal static class HomeLock
{
    /// <summary>False as well when the folder or its lock can't be opened. Takes the lock for a moment when nobody has it.</summary>
    public static bool IsHeld(string home)
    {
        try
        {
            using var held = new FileStream(Path.Combine(home, "lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }
}
