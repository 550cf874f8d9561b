using System.CommandLine;
using Microsoft.Extensions.Options;
using OpenClaw.Hosting.Health;
using OpenClaw.Hosting.Settings;

namespace OpenClaw.Hosting;

/// <summary>The command line of a process of a cluster, from its settings; and how it ends.</summary>
public static class ServerCommand
{
    /// <summary>
    /// Runs a server until a signal ends it; the exit code. An option goes before its variable. A start that is refused prints
    /// the error's message and nothing else. The one command besides, <c>healthcheck</c>, needs to know where it listens.
    /// </summary>
    public static async Task<int> Run(
        string description, IReadOnlyList<Setting> settings, string[] arguments, Func<SettingsReader, ListenSettings> listen,
        Func<SettingsReader, StopSignals, Task> serve)
    {
        var options = settings.Where(setting => setting.Option is not null).ToDictionary(setting => setting, CreateOption);
        var root = new RootCommand(description + "\n\nVariables:\n" + string.Join('\n', settings.Select(FormatSetting)));
        foreach (var option in options.Values) root.Add(option);
        root.Add(HealthCommand.Create(listen));
        root.SetAction(async (parsed, _) =>
        {
            using var signals = new StopSignals();
            try
            {
                await serve(CreateReader(parsed, options), signals);
                return 0;
            }
            catch (StartupException error)
            {
                await Console.Error.WriteLineAsync(error.Message);
                return error.ExitCode;
            }
            catch (OptionsValidationException error)
            {
                foreach (var failure in error.Failures) await Console.Error.WriteLineAsync(failure);
                return StartupException.Usage;
            }
            catch (OperationCanceledException) when (signals.Stopping.IsCancellationRequested)
            {
                // Ended while it waited for something to begin with.
                return 0;
            }
        });
        // The host ends the process at a signal, in its own order: the parser must not do it after two seconds.
        return await root.Parse(arguments).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
    }

    /// <summary>Reads what the command line says, else the environment.</summary>
    internal static SettingsReader CreateReader(ParseResult parsed, IReadOnlyDictionary<Setting, Option> options) => new(setting =>
        options.TryGetValue(setting, out var option) && GetOptionText(parsed, option) is { } text
            ? text
            : Environment.GetEnvironmentVariable(setting.Variable));

    private static string FormatSetting(Setting setting) => $"  {setting.Variable,-28} {setting.Means}";

    internal static Option CreateOption(Setting setting) => setting.IsSwitch
        ? new Option<bool>(setting.Option!) { Description = setting.Means }
        : new Option<string?>(setting.Option!) { Description = setting.Means };

    private static string? GetOptionText(ParseResult parsed, Option option) => option is Option<bool> flag
        ? parsed.GetValue(flag) ? "true" : null
        : parsed.GetValue((Option<string?>)option);
}
