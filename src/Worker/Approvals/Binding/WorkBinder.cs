using System.Text.Json;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.FileSystems;
using OpenClaw.Worker.Processes;

namespace OpenClaw.Worker.Approvals.Binding;

/// <summary>Finds the files that a task would run, before its owner is asked about it.</summary>
internal sealed class WorkBinder(UserEnvironment user, FileSystemCalls fileSystem, ExecutorCatalog executors)
{
    /// <summary>What is known now. Kinds that run no program, such as file tasks, have nothing: their payload says it all.</summary>
    public async Task<WorkBinding> BindOffer(Offer offer, CancellationToken cancellation)
    {
        if (!executors.StartsPrograms(offer.Kind)) return WorkBinding.None;
        var payload = offer.Kind == Kinds.Command ? ReadPayload(offer.Payload) : null;
        string[] variables = [.. payload?.Env?.Keys ?? Enumerable.Empty<string>()];
        var unbound = ProgramWords.FromTask(offer.Kind, payload?.Argv, payload?.Command, variables).Unbound;
        if (offer.Kind == Kinds.Command && payload?.Argv is not { Length: > 0 }) return new([], unbound);
        if (OperatingSystem.IsWindows()) return new([], unbound ?? "on Windows a yes is bound to no file");
        var environment = new Dictionary<string, string>(await user.GetVariables().WaitAsync(cancellation), UserEnvironment.NameComparer);
        var answer = await fileSystem.RunWithTimeout(
            () => payload is null ? executors.FindExecutor(offer.Kind)?.PlanProgram(user, environment) is { } plan
                    ? new BoundFileSearch(plan, []).FindFiles() : new([], $"the program of {offer.Kind} was not found")
                : new BoundFileSearch(PlanCommand(payload, environment), variables).FindFiles(),
            FileSystemCalls.DefaultTimeout, cancellation);
        return answer is { Completed: true, Value: { } bound } ? bound with { Unbound = unbound ?? bound.Unbound }
            : new([], "the files that it would run are on a file system that does not answer");
    }

    private ProcessSpec PlanCommand(CommandPayload payload, Dictionary<string, string> environment)
    {
        foreach (var (name, value) in payload.Env ?? []) environment[name] = value;
        return new() { Argv = payload.Argv!, Environment = environment, WorkingDirectory = user.ResolveFolder(payload.Cwd) };
    }

    private static CommandPayload? ReadPayload(JsonElement json)
    {
        try
        {
            return json.Deserialize(ProtocolJson.Default.CommandPayload);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
