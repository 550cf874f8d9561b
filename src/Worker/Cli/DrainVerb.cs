using System.Text.Json;
using OpenClaw.Worker.Control;
using OpenClaw.Worker.Logging;

namespace OpenClaw.Worker.Cli;

/// <summary>Lets the daemon end without ending a task.</summary>
internal static class DrainVerb
{
    private static readonly VerbOption Wait =
        new("--wait", "returns when the daemon has ended its work, with a line for each task that ends");

    public static Verb Drain { get; } = new("drain", "takes no new work and ends when the running tasks have ended", Run)
    {
        Options = [Wait, VerbOption.Json],
        More = "Exit code 0: asked, with --wait: all have ended and are reported; 1: results could not be reported yet, they wait in the "
            + "spool\nfor the next start; 5: no daemon runs.",
    };

    private static async Task<int> Run(VerbCall call)
    {
        DrainProgress? last = null;
        var arguments =
            JsonSerializer.SerializeToElement(new DrainArguments(call.HasOption(Wait.Name)), ControlJson.Default.DrainArguments);
        var outcome = await ControlClient.SendCommand(call.Home, DrainCommand.Name, arguments, line =>
        {
            var now = line.Deserialize(ControlJson.Default.DrainProgress);
            if (now == last) return;
            last = now;
            call.Out.WriteLine(call.Json ? line.GetRawText()
                : $"{CountedNoun.FormatCount(last!.Running, "task runs", "tasks run")}, "
                + $"{CountedNoun.FormatCount(last.Unreported, "result is", "results are")} not reported yet");
        });
        if (outcome.NoDaemon)
        {
            call.Error.WriteLine($"no daemon runs in {call.Home}");
            return VerbExit.NoDaemon;
        }
        if (outcome.Error is { } error) call.Error.WriteLine(error);
        return outcome.Done && (!call.HasOption(Wait.Name) || last is { Running: 0, Unreported: 0 }) ? VerbExit.Done : VerbExit.No;
    }
}
