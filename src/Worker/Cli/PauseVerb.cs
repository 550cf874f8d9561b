using System.Text.Json;
using OpenClaw.Worker.Control;

namespace OpenClaw.Worker.Cli;

/// <summary><c>pause</c> and <c>resume</c>: the owner needs the PC for himself.</summary>
internal static class PauseVerb
{
    private static readonly VerbOption For = new("--for", "so long (90s, 20m, 2h, 1d); without it until resume", "TIME");

    public static Verb Pause { get; } = new("pause", "takes no new work; what runs goes on", RunPause)
    {
        Options = [For, VerbOption.Json],
        More = "It holds over restarts of the daemon. Exit code 0: paused; 5: no daemon runs.",
    };

    public static Verb Resume { get; } =
        new("resume", "takes work again after a pause", call => SendCommand(call, PauseCommand.ResumeName, null))
        {
            Options = [VerbOption.Json],
            More = "Exit code 0: work is taken; 5: no daemon runs.",
        };

    private static Task<int> RunPause(VerbCall call)
    {
        var seconds = call.FindValue(For.Name) is { } text ? Duration.ParseSeconds(text) : null;
        if (call.HasOption(For.Name) && seconds is null)
        {
            call.Error.WriteLine($"--for is {Duration.Form}");
            return Task.FromResult(VerbExit.Usage);
        }
        return SendCommand(call, PauseCommand.PauseName,
            JsonSerializer.SerializeToElement(new PauseArguments(seconds), ControlJson.Default.PauseArguments));
    }

    private static async Task<int> SendCommand(VerbCall call, string command, JsonElement? arguments)
    {
        var (outcome, state) =
            await ControlClient.SendCommand(call.Home, command, arguments, ControlJson.Default.PauseState);
        if (outcome.NoDaemon)
        {
            call.Error.WriteLine($"no daemon runs in {call.Home}");
            return VerbExit.NoDaemon;
        }
        if (state is null)
        {
            call.Error.WriteLine(outcome.Error ?? "the daemon gave no answer");
            return VerbExit.No;
        }
        call.Out.WriteLine(call.Json ? JsonSerializer.Serialize(state, ControlJson.Default.PauseState)
            : state.Paused is { } until ? $"paused {until}; what runs goes on" : "work is taken");
        return VerbExit.Done;
    }
}
