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
    public static int MostOfOne(int pageSize) => (LinuxPages * pageSize) - 1;

    /// <summary>Which of them the system does not take, and how much it takes.</summary>
    public static string Explain(IReadOnlyList<string> argv, IReadOnlyDictionary<string, string> environment, int? mostOfOne)
    {
        if (mostOfOne is { } most)
        {
            if (argv.Select(SizeOf).FirstOrDefault(size => size > most) is > 0 and var argument)
                return Sentence($"an argument has {argument:N0} bytes; this system takes at most {most:N0} in one");
            if (environment.FirstOrDefault(pair => SizeOf(pair) > most) is { Key: not null } variable)
                return Sentence($"the variable '{variable.Key}' has {SizeOf(variable):N0} bytes; this system takes at most {most:N0} in one");
        }
        var sum = argv.Sum(text => SizeOf(text) + 1L) + environment.Sum(pair => SizeOf(pair) + 1L);
        return Sentence($"arguments and environment have {sum:N0} bytes together, more than this system takes");
    }

    private static int SizeOf(KeyValuePair<string, string> variable) => SizeOf(variable.Key) + 1 + SizeOf(variable.Value);

    private static int SizeOf(string text) => Encoding.UTF8.GetByteCount(text);

    private static string Sentence(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
