using System.Text.Json;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.FileSystems;
using OpenClaw.Worker.Policy;
using OpenClaw.Worker.Processes;

namespace OpenClaw.Worker.Approvals.Binding;

/// <summary>Finds the files that a task would run, before its owner is asked about it.</summary>
internal sealed class WorkBinder(PolicyGate gate, ExecutorCatalog executors)
{
    private readonly UserEnvironment user = gate.User;

    /// <summary>What is known now. Kinds that run no program, such as file tasks, have nothing: their payload says it all.</summary>
    public async Task<WorkBinding> BindOffer(Offer offer, CancellationToken cancellation)
    {
        if (!executors.StartsPrograms(offer.Kind)) return WorkBinding.None;
        var payload = offer.Kind == Kinds.Command ? ReadPayload(offer.Payload) : null;
        string[] variables = [.. payload?.Env?.Keys ?? Enumerable.Empty<string>()];
        var unbound = ProgramWords.FromTask(offer.Kind, payload?.Argv, payload?.Command, variables).Unbound;
        if (offer.Kind == Kinds.Command && payload?.Argv is not { Length: > 0 }) return new([], unbound);
        if (OperatingSystem.IsWindows()) return new([], unbound ?? "on Windows a yes is bound to no file");
        var own = await user.GetVariables().WaitAsync(cancellation);
        var answer = await gate.FileSystem.RunWithTimeout(
            () => payload is null ? FindOfKind(offer.Kind, own) : FindOfCommand(payload, variables, own),
            FileSystemCalls.DefaultTimeout, cancellation);
        return answer is { Completed: true, Value: { } bound } ? bound with { Unbound = unbound ?? bound.Unbound }
            : new([], "the files that it would run are on a file system that does not answer");
    }

    private WorkBinding FindOfKind(string kind, IReadOnlyDictionary<string, string> own)
    {
        var executor = executors.FindExecutor(kind);
        return executor?.PlanProgram(user, new(own, UserEnvironment.NameComparer)) is { } plan
            ? FindFiles(plan, [], executor.OwnersVariables, null) : new([], $"the program of {kind} was not found");
    }

    private WorkBinding FindOfCommand(CommandPayload payload, string[] variables, IReadOnlyDictionary<string, string> own)
    {
        var environment = new Dictionary<string, string>(own, UserEnvironment.NameComparer);
        foreach (var (name, value) in payload.Env ?? []) environment[name] = value;
        var spec = new ProcessSpec
        {
            Argv = payload.Argv!, Environment = environment, WorkingDirectory = user.ResolveFolder(payload.Cwd),
        };
        // With an allow-list the file that was judged is started, whatever PATH the task brings.
        var first = gate.Policy.Commands.Allow is null ? null : gate.FindProgram(own, gate.Policy, spec.Argv[0]);
        return FindFiles(spec, variables, [], first);
    }

    /// <summary>As the program would find them: with the variables and the folder that the policy leaves it.</summary>
    private WorkBinding FindFiles(ProcessSpec spec, string[] variables, IReadOnlyCollection<string> owners, string? first)
    {
        var view = new ProgramView(gate.Policy, user);
        var seen = spec with
        {
            Environment = view.ScrubEnvironment(spec.Environment, variables, owners),
            WorkingDirectory = view.ChooseFolder(spec.WorkingDirectory),
        };
        return new BoundFileSearch(seen, variables, view) { First = first }.FindFiles();
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
