using System.CommandLine;
using Microsoft.Extensions.Options;
using OpenClaw.Hosting;
using OpenClaw.Standalone;

var port = new Option<int?>("--port") { Description = "Port to listen on; 0 takes a free one. Default: WORKER_PORT, or 3456." };
var data = new Option<string?>("--data") { Description = "Data folder. Default: OPENCLAW_DATA, or openclaw in the user's local data." };
var noWorker = new Option<bool>("--no-worker") { Description = "Run no worker in this process." };
var listen = new Option<string?>("--listen") { Description = "Address to listen on. Default: 127.0.0.1." };
var insecure = new Option<bool>("--insecure-http") { Description = "Allow plain HTTP on an address that is not loopback." };
var verbose = new Option<bool>("--verbose") { Description = "Log to standard error what happens." };

var root = new RootCommand("OpenClaw: gateway, silo and one local worker in one process.")
{
    port, data, noWorker, listen, insecure, verbose,
};
root.SetAction(async (parsed, _) =>
{
    using var signals = new StopSignals();
    try
    {
        var options = StandaloneOptions.Read(
            new CommandLineOptions(
                parsed.GetValue(port), parsed.GetValue(data), parsed.GetValue(noWorker), parsed.GetValue(listen), parsed.GetValue(insecure),
                parsed.GetValue(verbose)),
            Environment.GetEnvironmentVariable);
        await StandaloneServer.Run(options, signals, Console.Out);
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
