using System.Text;

namespace OpenClaw.Cli;

/// <summary>What a verb may know of where it runs: where it writes, the variables, the person's folders. Tests bring their own.</summary>
internal sealed record Terminal(TextWriter Out, TextWriter Error, TextReader In, Func<string, string?> Variable, string ConfigFolder)
{
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Somebody is there who can be asked.</summary>
    public bool HasPerson { get; init; }

    /// <summary>Asks for a line that is not shown while it is typed; null: the person gave up.</summary>
    public Func<string?> ReadHidden { get; init; } = ReadHiddenLine;

    public static Terminal FromThisProcess() => new(
        Console.Out, Console.Error, Console.In, Environment.GetEnvironmentVariable, FindConfigFolder())
    {
        HasPerson = !Console.IsInputRedirected,
    };

    /// <summary>The platform's: ~/.config, ~/Library/Application Support, %APPDATA%.</summary>
    private static string FindConfigFolder() =>
        Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify);

    private static string? ReadHiddenLine()
    {
        var line = new StringBuilder();
        while (true)
        {
            var key = Console.ReadKey(intercept: true);
            switch (key.Key)
            {
                case ConsoleKey.Enter: return line.ToString();
                case ConsoleKey.Escape: return null;
                case ConsoleKey.D when key.Modifiers == ConsoleModifiers.Control: return line.Length == 0 ? null : line.ToString();
                case ConsoleKey.U when key.Modifiers == ConsoleModifiers.Control: line.Clear(); break;
                case ConsoleKey.Backspace: line.Length = Math.Max(0, line.Length - 1); break;
                default:
                    if (key.KeyChar >= ' ') line.Append(key.KeyChar);
                    break;
            }
        }
    }
}
