using System.Globalization;

namespace OpenClaw.TestKit.Processes;

/// <summary>
/// A pid namespace for one program, as every container has one: the program is its process 1, to which the kernel delivers no signal that
/// it does not handle, unless it comes from outside.
/// </summary>
internal static class PidNamespace
{
    /// <summary>What a command line begins with.</summary>
    public static string[] Around => Environment.UserName == "root"
        ? ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"]
        : ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child", "--mount-proc"];

    /// <summary>The process that <paramref name="unshare"/> started. Fails when it is not process 1 of a namespace.</summary>
    public static int FirstOf(int unshare)
    {
        var children = File.ReadAllText($"/proc/{unshare}/task/{unshare}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var first = Assert.Single(children);
        var ids = File.ReadLines($"/proc/{first}/status").Single(line => line.StartsWith("NSpid:", StringComparison.Ordinal)).Split('\t');
        Assert.Equal("1", ids[^1]);
        return int.Parse(first, CultureInfo.InvariantCulture);
    }
}
