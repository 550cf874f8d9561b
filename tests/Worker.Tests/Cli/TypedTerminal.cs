using OpenClaw.Worker.Cli;

namespace OpenClaw.Worker.Tests.Cli;

/// <summary>A terminal whose lines a test types and reads.</summary>
internal sealed class TypedTerminal
{
    private StringWriter output = new();
    private StringWriter error = new();

    public Dictionary<string, string> Variables { get; } = new(StringComparer.Ordinal);
    public string UserHome { get; init; } = "/nonexistent";
    public string Out => output.ToString();
    public string Error => error.ToString();

    public Task<int> Type(params string[] arguments)
    {
        (output, error) = (new StringWriter(), new StringWriter());
        return CommandLine.Run(arguments, new Terminal(output, error, TextReader.Null, Variables.GetValueOrDefault, UserHome));
    }
}
