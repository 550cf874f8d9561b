using System.Buffers;
using System.Text.Json;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Policy.Sandbox;
using OpenClaw.Worker.Processes;

namespace OpenClaw.Worker.Policy.Hooks;

/// <summary>
/// Runs the owner's hooks: programs of his own, as himself, outside of the sandbox. The one before a task refuses it by any end but exit
/// code 0, a hook that can't be started included.
/// </summary>
internal sealed class HookRunner(UserEnvironment user, TimeProvider clock, WorkerLog log)
{
    /// <summary>The rule a rejection names.</summary>
    public const string Rule = "hooks.before";
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    /// <summary>Null: the task may run; else why not.</summary>
    public async Task<Verdict?> RunBefore(Hook? hook, Offer offer, AttemptStop task)
    {
        if (hook is null) return null;
        var (end, words, tooLong) = await RunProgram(hook, offer, null, task);
        if (task.Why != StopReason.None || end.ExitCode is 0) return null;
        var why = end.StartError ?? (tooLong ? $"it took longer than {hook.Timeout.TotalSeconds:0.###} s"
            : words.Length > 0 ? words : end.Signal is { } signal ? $"it was ended by {signal}" : $"exit code {end.ExitCode}");
        return Verdict.Rejected(Rule, $"the owner's hook refused the task: {why}");
    }

    /// <summary>Tells the owner's program how it ended; what it does changes nothing.</summary>
    public async Task RunAfter(Hook? hook, Offer offer, ExecutionResult result)
    {
        if (hook is null) return;
        using var never = new AttemptStop();
        var (end, _, tooLong) = await RunProgram(hook, offer, result, never);
        if (end.ExitCode is not 0)
            log.HookFailed(offer.AttemptId,
                end.StartError ?? (tooLong ? "it took too long" : $"it ended with {end.Signal ?? $"exit code {end.ExitCode}"}"));
    }

    private async Task<(ProcessEnd End, string Words, bool TooLong)> RunProgram(
        Hook hook, Offer offer, ExecutionResult? result, AttemptStop task)
    {
        using var stop = new AttemptStop();
        await using var registration = task.Token.Register(() => stop.Request(task.Why, Grace));
        await using var timer = clock.CreateTimer(_ => stop.Request(StopReason.Timeout), null, hook.Timeout, Timeout.InfiniteTimeSpan);
        // The marker in the environment: after a crash the next daemon finds the hook and ends it. A watchdog that ends the task's programs
        // meanwhile (its supervisor was killed) leaves it alone.
        var environment = new Dictionary<string, string>(await user.GetVariables(), UserEnvironment.NameComparer)
        {
            [ProcessMarker.TaskVariable] = offer.TaskId,
            [ProcessMarker.AttemptVariable] = offer.Attempt.ToString(System.Globalization.CultureInfo.InvariantCulture),
            [ProcessMarker.HookVariable] = "1",
        };
        var words = new OutputHead();
        var spec = new ProcessSpec
        {
            Argv = hook.Argv,
            Environment = environment,
            WorkingDirectory = user.Home,
            Stdin = SerializeTask(offer, result),
        };
        var end = await new ProcessRunner(clock).RunProgram(spec, words, stop, Grace);
        return (end, words.Line, stop.Why == StopReason.Timeout);
    }

    /// <summary>The task as one JSON object, and how it ended when it has.</summary>
    internal static ReadOnlyMemory<byte> SerializeTask(Offer offer, ExecutionResult? result)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("taskId", offer.TaskId);
            json.WriteNumber("attempt", offer.Attempt);
            json.WriteString("kind", offer.Kind);
            json.WriteNumber("timeout", offer.Timeout);
            json.WritePropertyName("payload");
            offer.Payload.WriteTo(json);
            if (result is not null) WriteEnd(json, result);
            json.WriteEndObject();
        }
        return bytes.WrittenMemory;
    }

    private static void WriteEnd(Utf8JsonWriter json, ExecutionResult result)
    {
        json.WriteString("outcome", result.Outcome);
        if (result.ExitCode is { } code) json.WriteNumber("exitCode", code);
        if (result.Signal is { } signal) json.WriteString("signal", signal);
        if (result.Reason is { } reason) json.WriteString("reason", reason);
        if (result.Error is { } error) json.WriteString("error", error);
    }
}
