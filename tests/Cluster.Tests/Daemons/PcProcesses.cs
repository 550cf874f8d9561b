using System.Globalization;
using System.Text;

namespace OpenClaw.Cluster.Tests.Daemons;

/// <summary>Processes by what is in their environment, as the kernel shows it.</summary>
internal static class PcProcesses
{
    /// <summary>Ids of the processes that have the variable.</summary>
    public static IReadOnlyList<int> With(string variable)
    {
        var ids = new List<int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id)) continue;
            try
            {
                var environment = Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(folder, "environ")));
                if (environment.Split('\0').Contains(variable)) ids.Add(id);
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                // It has ended meanwhile, or is somebody else's.
            }
        }
        return ids;
    }
}
