using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Protocol.Problems;
using OpenClaw.Worker.Output;
using OpenClaw.Worker.Processes;

namespace OpenClaw.Worker.Execution.Claude;

/// <summary>claude-cli: one turn of the real Claude Code CLI. The prompt goes through its standard input and nowhere else.</summary>
internal sealed class ClaudeExecutor(ClaudeSettings settings) : ITaskExecutor
{
    public string Kind => Kinds.Claude;

    public IReadOnlyCollection<string> OwnersVariables => [.. settings.Env.Keys];

    public async Task<ExecutionResult> Execute(AttemptContext context)
    {
        var (payload, fault) = Payload(context.Offer.Payload);
        if (payload is null) return ExecutionResult.Rejected("payload-not-understood", fault!);
        var environment = await context.Environment(settings.Env).ConfigureAwait(false);
        // A worker started from inside a Claude Code session would hand on that it is nested.
        environment.Remove("CLAUDECODE");
        var home = context.User.Home;
        if (ClaudeHome.FindProgram(settings, environment, home) is not { } program)
            return ExecutionResult.Failed("could-not-start", "Claude Code was not found here; CLAUDE_PATH can name it", null);
        var session = SessionFiles.Find(ClaudeHome.ConfigFolder(environment, home), payload.SessionId);
        if (session.Id is null) return ExecutionResult.Failed(session.Reason!, session.Error!);

        var outputs = new ClaudeOutputs(context.Output);
        var spec = new ProcessSpec
        {
            Argv = ClaudeArguments.Of(program, payload, session, settings),
            Environment = environment,
            WorkingDirectory = Folder(payload, session, context.User),
            Stdin = Encoding.UTF8.GetBytes(payload.Prompt),
        };
        var end = await context.Processes.Run(spec, outputs, context.Stop, context.KillGrace).ConfigureAwait(false);
        var ended = ExecutionResult.FromProcess(end, context.Stop.Why);
        return end.StartError is not null || end.Tree is not null || end.Signal is not null
            ? ended with { Metadata = With(ended.Metadata, session.Id) }
            : Result(context, outputs, end.ExitCode ?? 0, session.Id);
    }

    private static (ClaudePayload? Payload, string? Fault) Payload(JsonElement json)
    {
        try
        {
            var payload = json.Deserialize(ProtocolJson.Default.ClaudePayload);
            if (payload is null) return (null, "the payload is empty");
            var errors = new FieldErrors();
            payload.Check(errors);
            return errors.Any ? (null, string.Join("; ", errors.ToArray().Select(e => $"{e.Field} {e.Message}"))) : (payload, null);
        }
        catch (JsonException error)
        {
            return (null, $"the payload is not that of {Kinds.Claude}: {error.Message}");
        }
    }

    // Sessions belong to the folder they began in.
    private static string Folder(ClaudePayload payload, FoundSession session, UserEnvironment user)
    {
        if (payload.Cwd is { } said) return user.Folder(said);
        var begun = session.File is { } file ? SessionHead.Read(file).Folder : null;
        return begun is not null && Directory.Exists(begun) ? begun : user.Home;
    }

    private static ExecutionResult Result(AttemptContext context, ClaudeOutputs outputs, int exitCode, string sessionId)
    {
        if (outputs.TooMuch)
        {
            var sentence = string.Create(CultureInfo.InvariantCulture, $"Claude Code printed more than {ClaudeOutputs.MaxAnswer} bytes");
            return ExecutionResult.Failed("too-large", sentence, metadata: With(null, sessionId));
        }
        if (ClaudeAnswer.Parse(outputs.Answer()) is not { } answer)
        {
            var sentence = $"Claude Code gave no answer (exit code {exitCode}): {outputs.LastWords()}";
            return ExecutionResult.Failed("claude-error", sentence, exitCode is 0 ? 1 : exitCode, With(null, sessionId));
        }
        context.Output.Write(OutputStream.Stdout, Encoding.UTF8.GetBytes(answer.Text));
        foreach (var denied in answer.Denied)
            context.Output.Write(OutputStream.Stderr, Encoding.UTF8.GetBytes($"not allowed: {denied} (see claude in settings.json)\n"));
        answer.Facts["sessionId"] ??= sessionId;
        return answer.Reason is { } reason
            ? ExecutionResult.Failed(reason, answer.Text, exitCode is 0 ? 1 : exitCode, answer.Facts)
            : ExecutionResult.Succeeded(answer.Facts);
    }

    private static JsonObject With(JsonObject? metadata, string sessionId)
    {
        metadata ??= [];
        metadata["sessionId"] = sessionId;
        return metadata;
    }
}
