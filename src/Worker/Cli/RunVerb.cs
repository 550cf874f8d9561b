using System.Runtime.InteropServices;
using OpenClaw.Protocol.Security;
using OpenClaw.Worker.Diagnosis;
using OpenClaw.Worker.Services;

namespace OpenClaw.Worker.Cli;

/// <summary>The daemon, until a signal ends it.</summary>
internal static class RunVerb
{
    public static Verb Run { get; } = new("run", "takes tasks and runs them, until it is stopped", RunDaemon)
    {
        Options = [.. WorkerArguments.Flags.Keys.Select(flag => new VerbOption(flag, "", "a value"))],
        ListsOptionsItself = true,
        More = WorkerArguments.Help,
        Check = call => ReadOptions(call).Errors,
    };

    private static async Task<int> RunDaemon(VerbCall call)
    {
        var terminal = call.Terminal;
        var (options, errors) = ReadOptions(call);
        if (options is null || errors.Count > 0)
        {
            foreach (var error in errors)
                terminal.Error.WriteLine(error);
            return ExitCodes.Configuration;
        }
        WorkerDaemon.EraseSecretVariables();
        // The signal drains; docs/worker.md says how long that may take.
        using var stop = new CancellationTokenSource();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
        // Each task's program runs under this same binary, and outlives the daemon.
        options = options with { Supervisor = ThisProgram.Path };
        return await WorkerDaemon.RunUntilStopped(options, terminal.Out, stop.Token);

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }
    }

    /// <summary>An option goes before its variable.</summary>
    private static (WorkerOptions? Options, IReadOnlyList<string> Errors) ReadOptions(VerbCall call)
    {
        var (variable, variableErrors) = LoadVariables(call);
        var (options, errors) = WorkerArguments.ParseOptions(
            name => WorkerArguments.FindFlag(name) is { } flag && call.FindValue(flag) is { } given ? given : variable(name),
            Environment.MachineName, call.Terminal.UserHome);
        return (options, [.. variableErrors, .. errors, .. ValidateToken(options)]);
    }

    /// <summary>
    /// No server ever takes the token of another role from a worker: it would ask again and again, and be told so each time.
    /// </summary>
    private static IEnumerable<string> ValidateToken(WorkerOptions? options)
    {
        if (options is not null
            && TokenForm.JudgeText(options.Token) is TokenJudgement.Client or TokenJudgement.Admin or TokenJudgement.Join
            && NetworkJudgement.JudgeTokenText(options.Token) is { } error)
            yield return $"WORKER_TOKEN: {error.Found}; {error.Do}";
    }

    /// <summary>What is set, else what <c>install</c> kept in the home. Put into the process too: the kinds' programs look there.</summary>
    private static (Func<string, string?> Variable, IReadOnlyList<string> Errors) LoadVariables(VerbCall call)
    {
        var set = call.Terminal.Variable;
        var (kept, errors) = VariableFile.Load(call.Home);
        foreach (var (name, value) in kept.Where(pair => set(pair.Key) is null or ""))
            Environment.SetEnvironmentVariable(name, value);
        return (name => set(name) is { Length: > 0 } value ? value : kept.GetValueOrDefault(name), errors);
    }
}
