using System.Globalization;
using OpenClaw.Protocol.Security;

namespace OpenClaw.Cli.Tokens;

/// <summary>What a token may do, as the options of <c>create</c> and <c>narrow</c> say it. Pure but for reading them.</summary>
internal static class TokenOptions
{
    private static readonly VerbOption Scopes = new("--scopes", "what it may do, by name", "A,B");
    private static readonly VerbOption ReadOnly = new("--read-only", "only what changes nothing: reading tasks, output and workers");
    private static readonly VerbOption PayloadBlind = new("--payload-blind", "sees states, but no command, output or file");
    private static readonly VerbOption Workers = new("--workers", "only tasks that name one of these PCs", "A,B");
    private static readonly VerbOption Labels = new("--labels", "only tasks that require all of these labels", "A,B");
    private static readonly VerbOption Kinds = new("--kinds", "only tasks of these kinds", "A,B");
    private static readonly VerbOption MaxTimeout = new("--max-timeout", "only tasks with a timeout up to this", "TIME");
    private static readonly VerbOption Rate = new("--rate", "so many requests a minute, at each gateway", "N");

    private static readonly VerbOption MaxQueued = new("--max-queued", "at most so many tasks in the queue", "N");
    private static readonly VerbOption MaxRunning = new("--max-running", "at most so many of its tasks run at once", "N");

    private static readonly string[] Reading =
        [ScopeNames.ReadTasks, ScopeNames.ReadPayloads, ScopeNames.ReadWorkers, ScopeNames.ReadAudit];

    public static IReadOnlyList<VerbOption> All { get; } =
        [Scopes, ReadOnly, PayloadBlind, Workers, Labels, Kinds, MaxTimeout, Rate, MaxQueued, MaxRunning];

    /// <summary>The scopes that a token gets instead of those it has; null: all of them.</summary>
    /// <param name="call">The options.</param>
    /// <param name="has">All that it may have.</param>
    public static string[]? ReadScopes(VerbCall call, IReadOnlyList<string> has)
    {
        var named = call.FindList(Scopes);
        var (readOnly, blind) = (call.HasOption(ReadOnly), call.HasOption(PayloadBlind));
        if (named is null && !readOnly && !blind) return null;
        IEnumerable<string> scopes = named ?? has;
        if (readOnly) scopes = scopes.Where(scope => Reading.Contains(scope));
        if (blind) scopes = scopes.Where(scope => scope != ScopeNames.ReadPayloads);
        return [.. scopes];
    }

    /// <summary>The narrowing of before with what the options say beside it.</summary>
    public static TokenNarrowing? ReadNarrowing(VerbCall call, TokenNarrowing? before, List<string> errors)
    {
        var narrowing = new TokenNarrowing
        {
            Workers = call.FindList(Workers) ?? before?.Workers,
            Labels = call.FindList(Labels) ?? before?.Labels,
            Kinds = call.FindList(Kinds) ?? before?.Kinds,
            MaxTimeout = call.ReadDuration(MaxTimeout, errors) ?? before?.MaxTimeout,
        };
        return DropEmpty(narrowing);
    }

    /// <summary>Null instead of a narrowing that narrows nothing.</summary>
    public static TokenNarrowing? DropEmpty(TokenNarrowing narrowing) =>
        narrowing is { Workers: null, Labels: null, Kinds: null, MaxTimeout: null } ? null : narrowing;

    public static int? ReadRate(VerbCall call, List<string> errors) => ReadNumber(call, Rate, errors);

    public static int? ReadMaxQueued(VerbCall call, List<string> errors) => ReadNumber(call, MaxQueued, errors);

    public static int? ReadMaxRunning(VerbCall call, List<string> errors) => ReadNumber(call, MaxRunning, errors);

    private static int? ReadNumber(VerbCall call, VerbOption option, List<string> errors)
    {
        if (call.FindValue(option) is not { } text) return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0) return number;
        errors.Add($"{option.Name} is a number from 1");
        return null;
    }

    /// <summary>
    /// Why a word is no token's id. A whole token is never sent as one: it would stand in the logs of whatever is on the way.
    /// </summary>
    public static string? ExplainId(string word)
    {
        if (TokenForm.TryParse(word, out _, out var id, out _))
            return $"that is a whole token, which never belongs on a command line; its id is {id}";
        return word.Contains(TokenForm.Prefix, StringComparison.Ordinal) ? "that is a token, and not its id" : null;
    }
}
