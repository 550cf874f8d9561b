using System.Globalization;
using System.Text;

namespace OpenClaw.Worker.Processes.Arguments;

/// <summary>How long what a program is started with may be. Pure.</summary>
internal static class ArgumentSize
{
    /// <summary>The reason of an attempt whose program can't be started because of it: no other attempt on this PC could.</summary>
    public const string TooLarge = "arguments-too-large";

    private const int LinuxPages = 32;

    /// <summary>Most bytes of one argument, or of one variable with its name, on Linux; elsewhere only the sum counts.</summary>
    public static int GetLimitOfOne(int pageSize) => (LinuxPages * pageSize) - 1;

    /// <summary>Which of them the system does not take, and how much it takes.</summary>
    public static string DescribeExcess(IReadOnlyList<string> argv, IReadOnlyDictionary<string, string> environment, int? mostOfOne)
    {
        if (mostOfOne is { } most)
        {
            if (argv.Select(CountBytes).FirstOrDefault(size => size > most) is > 0 and var argument)
                return FormatInvariant($"an argument has {argument:N0} bytes; this system takes at most {most:N0} in one");
            if (environment.FirstOrDefault(pair => CountBytes(pair) > most) is { Key: not null } variable)
                return FormatInvariant(
                    $"the variable '{variable.Key}' has {CountBytes(variable):N0} bytes; this system takes at most {most:N0} in one");
        }
        var sum = argv.Sum(text => CountBytes(text) + 1L) + environment.Sum(pair => CountBytes(pair) + 1L);
        return FormatInvariant($"arguments and environment have {sum:N0} bytes together, more than this system takes");
    }

    private static int CountBytes(KeyValuePair<string, string> variable) => CountBytes(variable.Key) + 1 + CountBytes(variable.Value);

    private static int CountBytes(string text) => Encoding.UTF8.GetByteCount(text);

    private static string FormatInvariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
