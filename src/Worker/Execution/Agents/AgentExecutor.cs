using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Protocol.Problems;
using OpenClaw.Worker.Execution.Agents.Turns;
using OpenClaw.Worker.Execution.Settings;
using OpenClaw.Worker.Policy;
using OpenClaw.Worker.Processes;

namespace OpenClaw.Worker.Execution.Agents;

/// <summary>
/// One turn of a command-line agent. The prompt goes through its standard input, which is then closed, and nowhere else. The result comes
/// from what it printed, its own files and how it ended alone: after a crash of the daemon the same attempt is run again on the process
/// that is there.
/// </summary>
internal sealed class AgentExecutor(IAgentCli cli, AgentSettings settings, FoundProgram? foundAtStart = null) : ITaskExecutor
{
    private static readonly TimeSpan LongestRead = TimeSpan.FromSeconds(10);

    public string Kind => cli.Agent.Kind;

    public IReadOnlyCollection<string> OwnersVariables => [.. settings.Env.Keys];

    public ProcessSpec? PlanProgram(UserEnvironment user, Dictionary<string, string> environment)
    {
        foreach (var (name, value) in settings.Env) environment[name] = value;
        return AgentEnvironment.FindProgram(cli.Program, settings, environment, user.Home, foundAtStart) is { } program
            ? new() { Argv = [program.Path], Environment = program.AddTo(environment), WorkingDirectory = user.Home } : null;
    }

    public async Task<ExecutionResult> Execute(AttemptContext context)
    {
        var (payload, error) = ReadPayload(context.Offer.Payload);
        if (payload is null) return ExecutionResult.Rejected("payload-not-understood", error!);
        if (FindUnsupportedField(payload) is { } field) return ExecutionResult.Rejected("not-supported", $"{cli.Title} has no {field}");
        var rules = context.Policy.FindAgentRules(cli.Agent.Name);
        var (permissions, rejection) = AgentPermissions.DecideForTask(cli.Modes, settings, rules, payload);
        if (permissions is null) return ExecutionResult.Rejected("agent-permissions", rejection!);
        var environment = await context.CreateEnvironment(settings.Env);
        // A worker started from inside a Claude Code session would hand on that it is nested.
        environment.Remove("CLAUDECODE");
        var home = context.User.Home;
        var configFolder = cli.Sessions.GetConfigFolder(environment, home);
        var looked = await context.FileSystem.RunWithTimeout(
            () => (AgentEnvironment.FindProgram(cli.Program, settings, environment, home, foundAtStart),
                PlanTurn(configFolder, payload, context.User)),
            Timeout.InfiniteTimeSpan, context.Stop.Token);
        if (!looked.Completed)
            return ExecutionResult.Failed(Verdict.NoAnswer, "too many tasks hang on file systems that don't answer");
        if (looked.Value is not ({ } program, var (session, folder)))
            return ExecutionResult.Failed("could-not-start", $"{cli.Title} was not found here; {cli.Program.Variable} can name it", null);
        if ((session.Error ?? folder.Error) is { } unclear) return ExecutionResult.Failed(unclear.Reason, unclear.Error);
        var spec = new ProcessSpec
        {
            Argv = cli.BuildArguments(program.Path, new TurnPlan(payload, settings, permissions, session)),
            Environment = program.AddTo(environment),
            WorkingDirectory = folder.Path!,
            Stdin = Encoding.UTF8.GetBytes(payload.Prompt),
            Limits = ProgramLimits.FromTask(payload.Limits, settings.Limits),
        };
        return await RunTurn(context, spec, session, configFolder);
    }

    private async Task<ExecutionResult> RunTurn(AttemptContext context, ProcessSpec spec, SessionPlan session, string configFolder)
    {
        await using var watch = new FirstOutputWatch(settings.FirstOutput, context.AgeAtRecovery, context.Stop, context.Clock);
        var output = new TurnOutput(context.Output, cli.CreateTurnReader(), turnEvent =>
        {
            if (turnEvent is TurnEvent.SessionBegan began) cli.Sessions.RecordOwnId(session.Id, began.OwnId);
        }, watch);
        var end = await context.Processes.RunProgram(spec, output, context.Stop, context.KillGrace);
        var process = ExecutionResult.FromProcess(end, context.Stop.Why);
        if (end.StartError is not null)
            return process with { Metadata = TurnResult.AddProcess(new JsonObject { ["sessionId"] = session.Id }, process.Metadata) };
        var report = output.FinishTurn();
        report = report with { Answer = await CompleteFromFiles(report.Answer, session, configFolder, context) };
        output.PrintAnswer(report.Answer);
        var cutShort = end.Tree is not null || end.Signal is not null || end.Limit is not null;
        var result = TurnResult.DecideOutcome(cli.Agent, process, cutShort, report, cli.ExplainExitCode(end.ExitCode ?? 0));
        result.Metadata!["sessionId"] = session.Id;
        return await NameWithheldKey(context, result);
    }

    private (SessionPlan Session, TurnFolder Folder) PlanTurn(string configFolder, AgentPayload payload, UserEnvironment user)
    {
        var session = cli.Sessions.ResolveSession(configFolder, payload);
        var named = payload.Cwd is { } cwd ? user.ResolveFolder(cwd) : null;
        return (session, TurnFolder.Choose(named, session, user.Home, cli.Sessions.BoundToFolder));
    }

    /// <summary>What the files add, if they can be read in time.</summary>
    private async Task<TurnAnswer> CompleteFromFiles(TurnAnswer answer, SessionPlan session, string configFolder, AttemptContext context)
    {
        var completed = await context.FileSystem.RunWithTimeout(() => cli.CompleteFromFiles(answer, session, configFolder), LongestRead);
        return completed is { Completed: true, Value: { } whole } ? whole : answer;
    }

    /// <summary>Explains why the agent is not logged in here although the person's terminal has a key.</summary>
    private async Task<ExecutionResult> NameWithheldKey(AttemptContext context, ExecutionResult result)
    {
        if (result.Reason != ModelApiError.NotLoggedIn) return result;
        var person = await context.User.GetVariables();
        var withheld = WithheldKeys.Find(cli.Keys, settings, person, context.Policy.Environment, result.Error ?? "");
        if (withheld is not [var key, ..]) return result;
        var remedy = WithheldKeys.DescribeRemedy(cli.Agent.Name, key);
        return result with { Error = $"{result.Error}; {key} is in your environment and is kept from tasks: {remedy}" };
    }

    private static (AgentPayload? Payload, string? Error) ReadPayload(JsonElement json)
    {
        try
        {
            var payload = json.Deserialize(ProtocolJson.Default.AgentPayload);
            if (payload is null) return (null, "the payload is empty");
            var errors = new FieldErrors();
            payload.Validate(errors);
            return errors.Any ? (null, string.Join("; ", errors.ToArray().Select(e => $"{e.Field} {e.Message}"))) : (payload, null);
        }
        catch (JsonException error)
        {
            return (null, $"the payload is not that of an agent's turn: {error.Message}");
        }
    }

    /// <summary>A limit that can't be kept is refused rather than forgotten.</summary>
    private string? FindUnsupportedField(AgentPayload payload) => cli.Abilities switch
    {
        { Limits: false } when payload.MaxTurns is not null => "limit of rounds (maxTurns)",
        { Limits: false } when payload.MaxBudgetUsd is not null => "budget (maxBudgetUsd)",
        { Tools: false } when payload.AllowedTools is not null => "list of tools (allowedTools)",
        { Fallback: false } when payload.FallbackModel is not null => "second model (fallbackModel)",
        _ => null,
    };
}
