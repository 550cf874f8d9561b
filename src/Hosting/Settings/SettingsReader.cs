using System.Globalization;
using System.Net;

namespace OpenClaw.Hosting.Settings;

/// <summary>Reads settings and collects all errors in them, so that they are reported together.</summary>
public sealed class SettingsReader(Func<Setting, string?> given)
{
    private const int LargestPort = 65535;
    private readonly List<string> errors = [];

    /// <summary>What was wrong so far, a sentence each.</summary>
    public IReadOnlyList<string> Errors => errors;

    /// <summary>Adds a sentence about what is wrong.</summary>
    public void AddError(string sentence) => errors.Add(sentence);

    /// <summary>The text; null when it is not set or empty.</summary>
    public string? ReadText(Setting setting) => given(setting) is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;

    /// <summary>A port; 0 is a free one.</summary>
    public int ReadPort(Setting setting, int fallback) => ReadNumber(setting, fallback, LargestPort);

    /// <summary>A whole number from 0 to <paramref name="largest"/>.</summary>
    public int ReadNumber(Setting setting, int fallback, int largest)
    {
        if (ReadText(setting) is not { } text) return fallback;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= largest) return number;
        AddError(string.Create(
            CultureInfo.InvariantCulture, $"{FormatName(setting)} is '{text}'; it must be a number from 0 to {largest}."));
        return fallback;
    }

    /// <summary>An IP address; null when it is not set.</summary>
    public IPAddress? ReadAddress(Setting setting)
    {
        if (ReadText(setting) is not { } text) return null;
        if (text == "localhost") return IPAddress.Loopback;
        if (IPAddress.TryParse(text, out var address)) return address;
        AddError($"{FormatName(setting)} is '{text}'; it must be an IP address.");
        return null;
    }

    /// <summary>True or false; false when it is not set.</summary>
    public bool ReadSwitch(Setting setting)
    {
        var text = ReadText(setting);
        if (text is not (null or "true" or "false")) AddError($"{FormatName(setting)} is '{text}'; it must be true or false.");
        return text == "true";
    }

    /// <summary>Two ports of one process can't be the same, unless each takes a free one.</summary>
    public void RequireDifferentPorts(Setting one, int port, Setting other, int otherPort)
    {
        if (port == otherPort && port != 0) AddError($"{FormatName(one)} and {FormatName(other)} are both {port}; they must differ.");
    }

    /// <summary>Ends the start when anything was wrong.</summary>
    public void ThrowIfInvalid()
    {
        if (errors.Count > 0) throw new StartupException(StartupException.Usage, string.Join('\n', errors));
    }

    private static string FormatName(Setting setting) =>
        setting.Option is null ? setting.Variable : $"{setting.Variable} ({setting.Option})";
}
