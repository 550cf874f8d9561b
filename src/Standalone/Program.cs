using System.CommandLine;
using Microsoft.Extensions.Options;
using OpenClaw.Hosting;
using OpenClaw.Standalone;

var options = StandaloneOptions.Settings.ToDictionary(setting => setting, ServerCommand.CreateOption);
var noWorker = new Option<bool>("--no-worker") { Description = "Run no worker in this process." };
var root = new RootCommand("OpenClaw: gateway, silo and one local worker in one process.") { noWorker };
foreach (var option in options.Values) root.Add(option);
root.SetAction(async (parsed, _) =>
{
    using var signals = new StopSignals();
    try
    {
        var read = StandaloneOptions.Read(
            ServerCommand.CreateReader(parsed, options), hasWorker: !parsed.GetValue(noWorker), Environment.GetEnvironmentVariable);
        await StandaloneServer.Run(read, signals, Console.Out);
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
});
// The host ends the process at a signal, in its own order: the parser must not do it after two seconds.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
