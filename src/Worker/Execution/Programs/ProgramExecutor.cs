using System.Text;
using OpenClaw.Worker.Processes;

namespace OpenClaw.Worker.Execution.Programs;

/// <summary>A custom kind: the payload's JSON is the program's standard input, its output and exit code are the task's.</summary>
internal sealed class ProgramExecutor(string kind, ProgramSettings settings) : ITaskExecutor
{
    private const int MaxErrors = 10;

    public string Kind => kind;

    public IReadOnlyCollection<string> OwnersVariables => [.. settings.Env.Keys];

    public ProcessSpec PlanProgram(UserEnvironment user, Dictionary<string, string> environment)
    {
        foreach (var (name, value) in settings.Env) environment[name] = value;
        return new() { Argv = settings.Program, Environment = environment, WorkingDirectory = user.ResolveFolder(settings.Cwd) };
    }

    public async Task<ExecutionResult> Execute(AttemptContext context)
    {
        // The server checks it, too, but it may not have known this schema when the task was submitted.
        if (settings.Schema?.Validate(context.Offer.Payload, MaxErrors) is { Count: > 0 } errors)
            return ExecutionResult.Rejected("payload-not-valid", string.Join("; ", errors.Select(f => $"payload{f.Pointer} {f.Message}")));
        var spec = new ProcessSpec
        {
            Argv = settings.Program,
            Environment = await context.CreateEnvironment(settings.Env),
            WorkingDirectory = context.User.ResolveFolder(settings.Cwd),
            Stdin = Encoding.UTF8.GetBytes(context.Offer.Payload.GetRawText()),
            Limits = settings.Limits,
            Timeout = settings.Timeout,
        };
        var end = await context.Processes.RunProgram(spec, context.Output, context.Stop, context.KillGrace);
        return ExecutionResult.FromProcess(end, context.Stop.Why);
    }
}
