using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Protocol.Problems;
using OpenClaw.Worker.Execution.Agents.Turns;
using OpenClaw.Worker.Execution.Settings;
using OpenClaw.Worker.Processes;

namespace OpenClaw.Worker.Execution.Agents;

/// <summary>
/// One turn of a command-line agent. The prompt goes through its standard input, which is then closed, and nowhere else. The result comes
/// from what it printed and how it ended alone: after a crash of the daemon the same attempt is run again on the process that is there.
/// </summary>
internal sealed class AgentExecutor(IAgentCli cli, AgentSettings settings) : ITaskExecutor
{
    public string Kind => cli.Agent.Kind;

    public IReadOnlyCollection<string> OwnersVariables => [.. settings.Env.Keys];

    public async Task<ExecutionResult> Execute(AttemptContext context)
    {
        var (payload, fault) = Payload(context.Offer.Payload);
        if (payload is null) return ExecutionResult.Rejected("payload-not-understood", fault!);
        if (NotSupported(payload) is { } field) return ExecutionResult.Rejected("not-supported", $"{cli.Title} has no {field}");
        var rules = context.Policy.Agent(cli.Agent.Name);
        var (permissions, refusal) = AgentPermissions.Of(cli.Modes, settings, rules, payload);
        if (permissions is null) return ExecutionResult.Rejected("agent-permissions", refusal!);
        var environment = await context.Environment(settings.Env).ConfigureAwait(false);
        // A worker started from inside a Claude Code session would hand on that it is nested.
        environment.Remove("CLAUDECODE");
        var home = context.User.Home;
        if (AgentHome.FindProgram(cli.Program, settings, environment, home) is not { } program)
            return ExecutionResult.Failed("could-not-start", $"{cli.Title} was not found here; {cli.Program.Variable} can name it", null);
        var session = cli.Sessions.Plan(cli.Sessions.ConfigFolder(environment, home), payload);
        if (session.Fault is { } unclear) return ExecutionResult.Failed(unclear.Reason, unclear.Error);
        var spec = new ProcessSpec
        {
            Argv = cli.Arguments(program, new TurnPlan(payload, settings, permissions, session)),
            Environment = environment,
            WorkingDirectory = Folder(payload, session, context.User),
            Stdin = Encoding.UTF8.GetBytes(payload.Prompt),
            Limits = ProgramLimits.Of(payload.Limits, settings.Limits),
        };
        return await Run(context, spec, session.Id).ConfigureAwait(false);
    }

    private async Task<ExecutionResult> Run(AttemptContext context, ProcessSpec spec, string session)
    {
        await using var watch = new FirstOutputWatch(settings.FirstOutput, context.TakenUpAfter, context.Stop, context.Clock);
        var output = new TurnOutput(context.Output, cli.Read(), said =>
        {
            watch.Heard(said);
            if (said is TurnEvent.Began began) cli.Sessions.Began(session, began.OwnId);
        }, watch.CaughtUp);
        var end = await context.Processes.Run(spec, output, context.Stop, context.KillGrace).ConfigureAwait(false);
        var ended = ExecutionResult.FromProcess(end, context.Stop.Why);
        return end.StartError is not null || end.Tree is not null || end.Signal is not null || end.Limit is not null
            ? ended with { Metadata = With(ended.Metadata, session) }
            : Result(output, ended, session);
    }

    private static (AgentPayload? Payload, string? Fault) Payload(JsonElement json)
    {
        try
        {
            var payload = json.Deserialize(ProtocolJson.Default.AgentPayload);
            if (payload is null) return (null, "the payload is empty");
            var errors = new FieldErrors();
            payload.Check(errors);
            return errors.Any ? (null, string.Join("; ", errors.ToArray().Select(e => $"{e.Field} {e.Message}"))) : (payload, null);
        }
        catch (JsonException error)
        {
            return (null, $"the payload is not that of an agent's turn: {error.Message}");
        }
    }

    /// <summary>A limit that can't be kept is refused rather than forgotten.</summary>
    private string? NotSupported(AgentPayload payload) => cli.Abilities switch
    {
        { Limits: false } when payload.MaxTurns is not null => "limit of rounds (maxTurns)",
        { Limits: false } when payload.MaxBudgetUsd is not null => "budget (maxBudgetUsd)",
        { Tools: false } when payload.AllowedTools is not null => "list of tools (allowedTools)",
        { Fallback: false } when payload.FallbackModel is not null => "second model (fallbackModel)",
        _ => null,
    };

    // Sessions belong to the folder they began in.
    private static string Folder(AgentPayload payload, SessionPlan session, UserEnvironment user)
    {
        if (payload.Cwd is { } said) return user.Folder(said);
        return session.Folder is { } begun && Directory.Exists(begun) ? begun : user.Home;
    }

    private ExecutionResult Result(TurnOutput output, ExecutionResult ended, string session)
    {
        var (exitCode, facts) = (ended.ExitCode ?? 0, With(ended.Metadata, session));
        if (output.Finish() is not { } answer)
        {
            var what = output.TooMuch
                ? string.Create(CultureInfo.InvariantCulture, $"a line of more than {TurnOutput.MaxLine} bytes")
                : output.LastWords();
            var sentence = $"{cli.Title} gave no answer (exit code {exitCode}): {what}";
            return ExecutionResult.Failed(cli.Agent.Name + "-error", sentence, exitCode is 0 ? 1 : exitCode, facts);
        }
        output.Print(answer.Text);
        foreach (var (name, value) in facts) answer.Facts[name] = value?.DeepClone();
        return answer.Reason is { } reason
            ? ExecutionResult.Failed(reason, answer.Text, exitCode is 0 ? 1 : exitCode, answer.Facts)
            : ExecutionResult.Succeeded(answer.Facts);
    }

    /// <summary>What is known of the process, beside what the agent says: there <c>usage</c> is tokens.</summary>
    private static JsonObject With(JsonObject? metadata, string session)
    {
        metadata ??= [];
        if (metadata["usage"] is { } used)
        {
            metadata.Remove("usage");
            metadata["process"] = used;
        }
        metadata["sessionId"] = session;
        return metadata;
    }
}
