using System.Runtime.InteropServices;

namespace OpenClaw.Worker.Execution;

/// <summary>
/// Variables that every program of a task gets because nobody sits at it: without them a pager, an editor or a question waits until the
/// timeout. They go before the person's own, which are meant for a person; a task and the owner can set others. The locale is set only
/// where the person has none.
/// </summary>
internal static partial class PresetVariables
{
    private const string LocaleVariable = "LANG";
    private static readonly int CharactersMask = OperatingSystem.IsMacOS() ? 2 : 1;
    private static readonly Lazy<string?> Unicode = new(() => new[] { "C.UTF-8", "en_US.UTF-8" }.FirstOrDefault(LocaleExists));

    /// <summary>
    /// An editor that does nothing: <c>git commit</c> without a message fails, a merge or a rebase goes on with the one it has.
    /// </summary>
    private static readonly Dictionary<string, string> Everywhere = new(StringComparer.Ordinal)
    {
        ["GIT_PAGER"] = "cat", ["GIT_EDITOR"] = "true", ["GIT_TERMINAL_PROMPT"] = "0",
    };

    private static readonly Dictionary<string, string> OnUnix = new(Everywhere, StringComparer.Ordinal)
    {
        ["PAGER"] = "cat", ["EDITOR"] = "true", ["VISUAL"] = "true", ["DEBIAN_FRONTEND"] = "noninteractive",
    };

    /// <summary>Names and values, on this system.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = OperatingSystem.IsWindows() ? Everywhere : OnUnix;

    /// <summary>A locale in which texts are UTF-8; null: this system has none that is known.</summary>
    public static string? UnicodeLocale => OperatingSystem.IsWindows() ? null : Unicode.Value;

    /// <summary>True when the variable has the value set here, so it is not the person's own.</summary>
    public static bool Contains(string name, string value) =>
        (All.TryGetValue(name, out var set) && set == value) || (name == LocaleVariable && value == UnicodeLocale);

    /// <summary>What the environment says of the locale; null: nothing.</summary>
    public static string? FindLocale(IReadOnlyDictionary<string, string> environment) => new[] { "LC_ALL", "LC_CTYPE", LocaleVariable }
        .Select(name => environment.GetValueOrDefault(name)).FirstOrDefault(value => value is { Length: > 0 });

    /// <summary>True: a locale was set, for there was none.</summary>
    /// <param name="environment">The person's.</param>
    /// <param name="unicodeLocale">A locale in which texts are UTF-8; null: there is none.</param>
    public static bool AddTo(Dictionary<string, string> environment, string? unicodeLocale)
    {
        foreach (var (name, value) in All)
            environment[name] = value;
        if (FindLocale(environment) is not null || unicodeLocale is not { } locale) return false;
        environment[LocaleVariable] = locale;
        return true;
    }

    private static bool LocaleExists(string locale)
    {
        var made = NewLocale(CharactersMask, locale, 0);
        if (made == 0) return false;
        FreeLocale(made);
        return true;
    }

    [LibraryImport("libc", EntryPoint = "newlocale", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint NewLocale(int mask, string locale, nint from);
    [LibraryImport("libc", EntryPoint = "freelocale")]
    private static partial void FreeLocale(nint locale);
}
