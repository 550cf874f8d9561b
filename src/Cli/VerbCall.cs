using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using OpenClaw.Cli.Connections;
using OpenClaw.Cli.Printing;
using OpenClaw.Cli.Settings;
using OpenClaw.Protocol.Answers;

namespace OpenClaw.Cli;

/// <summary>A verb's arguments as they were given, the terminal it talks to, and the server it asks.</summary>
internal sealed class VerbCall(Terminal terminal, ParseResult parsed) : IDisposable
{
    public const string WordsName = "WORDS";

    private HttpClient? http;

    /// <summary>The server that was asked; null: none yet.</summary>
    public Uri? Server { get; private set; }

    /// <summary>Arguments that are not options.</summary>
    public IReadOnlyList<string> Words => [.. (parsed.GetResult(WordsName)?.Tokens ?? []).Select(token => token.Value)];

    public Terminal Terminal => terminal;
    public TextWriter Out => terminal.Out;
    public TextWriter Error => terminal.Error;
    public bool Json => HasOption(VerbOption.Json);
    public SettingsFile Settings => field ??= SettingsFile.Find(terminal);

    public bool HasOption(VerbOption option) => parsed.GetResult(option.Name) is OptionResult { Implicit: false };

    /// <summary>The last one counts, as in scripts that append to what they were given.</summary>
    public string? FindValue(VerbOption option) => parsed.GetResult(option.Name) is { Tokens: [.., var last] } ? last.Value : null;

    /// <summary>An option that is given several times, or once with commas; null: not at all.</summary>
    public string[]? FindList(VerbOption option) => parsed.GetResult(option.Name) is { Tokens: [_, ..] and var given }
        ? [.. given.SelectMany(one => one.Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))]
        : null;

    /// <summary>Milliseconds of a time such as <c>90d</c>; null: not given, or an error is noted.</summary>
    public long? ReadDuration(VerbOption option, List<string> errors)
    {
        if (FindValue(option) is not { } text) return null;
        var seconds = Duration.ParseSeconds(text);
        if (seconds is null) errors.Add($"{option.Name} is {Duration.Form}");
        return seconds * 1000;
    }

    /// <summary>Says one plain sentence on standard error; the exit code, to be returned.</summary>
    public int Fail(int exitCode, string sentence)
    {
        Error.WriteLine($"openclaw: {PrintableText.Escape(sentence)}");
        return exitCode;
    }

    /// <summary>The same for several things that are wrong with what was typed.</summary>
    public int FailUsage(IEnumerable<string> sentences)
    {
        foreach (var sentence in sentences) Fail(ExitCodes.Usage, sentence);
        return ExitCodes.Usage;
    }

    /// <summary>
    /// Asks the server that the options, variables or settings name. Null when it said no or nothing: that is told already, and the exit
    /// code is the one to return.
    /// </summary>
    /// <param name="ask">One call of a typed client.</param>
    /// <param name="whenLost">What may have happened when the answer is lost, and what to do; null: the same can be asked again.</param>
    public async Task<(T? Value, int ExitCode)> AskServer<T>(Func<HttpClient, Task<Answer<T>>> ask, string? whenLost = null)
        where T : class
    {
        if (http is null)
        {
            var (choice, error) = ServerChoice.Choose(this);
            if (choice is null) return (null, Fail(error!.ExitCode, error.Sentence));
            (http, Server) = (choice.CreateClient(), choice.Url);
        }
        var (value, refused) = await ServerAnswer.Ask(http, ask, whenLost);
        return value is null ? (null, Fail(refused!.ExitCode, refused.Sentence)) : (value, ExitCodes.Done);
    }

    /// <summary>What came of it: JSON on one line for programs, or lines for people.</summary>
    public int Show<T>(T value, JsonTypeInfo<T> type, Action<TextWriter> writeLines)
    {
        if (Json) Out.WriteLine(JsonSerializer.Serialize(value, type));
        else writeLines(Out);
        return ExitCodes.Done;
    }

    public void Dispose() => http?.Dispose();
}

/// <summary>Why a verb can't go on: how the program ends, and the sentence that is said.</summary>
internal sealed record VerbError(int ExitCode, string Sentence);
