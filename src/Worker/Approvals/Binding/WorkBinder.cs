using System.Text.Json;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.FileSystems;
using OpenClaw.Worker.Processes;
using OpenClaw.Worker.Processes.Unix;

namespace OpenClaw.Worker.Approvals.Binding;

/// <summary>Finds the files that a command would run, before its owner is asked about it.</summary>
internal sealed class WorkBinder(UserEnvironment user, FileSystemCalls fileSystem)
{
    /// <summary>What is known now. Kinds that run no program of the task's choice have none: their payload says it all.</summary>
    public async Task<WorkBinding> BindOffer(Offer offer, CancellationToken cancellation)
    {
        if (offer.Kind != Kinds.Command || ReadPayload(offer.Payload) is not { } payload) return WorkBinding.None;
        var words = ProgramWords.FromCommand(payload.Argv, payload.Command);
        if (payload.Argv is not { Length: > 0 } argv) return new([], words.Unbound);
        if (OperatingSystem.IsWindows()) return new([], words.Unbound ?? "on Windows a yes is bound to no file");
        var environment = new Dictionary<string, string>(await user.GetVariables().WaitAsync(cancellation), UserEnvironment.NameComparer);
        foreach (var (name, value) in payload.Env ?? []) environment[name] = value;
        var spec = new ProcessSpec { Argv = argv, Environment = environment, WorkingDirectory = user.ResolveFolder(payload.Cwd) };
        var answer = await fileSystem.RunWithTimeout(() => BindFiles(spec, words), FileSystemCalls.DefaultTimeout, cancellation);
        return answer is { Completed: true, Value: { } bound } ? bound
            : new([], "the files that it would run are on a file system that does not answer");
    }

    private static WorkBinding BindFiles(ProcessSpec spec, ProgramWords words)
    {
        if (ProgramPath.FindFile(spec) is not { } found) return new([], $"the program {spec.Argv[0]} was not found");
        var files = new List<BoundFile>();
        foreach (var (role, path) in (IEnumerable<(string, string?)>)[(WorkBinding.Program, found), (WorkBinding.Script, words.Script)])
        {
            if (path is null) continue;
            if (WorkBinding.ReadFile(role, Path.Combine(spec.WorkingDirectory, path)) is not { } file)
                return new([], $"the {role} {path} can't be read");
            files.Add(file);
        }
        return new(files, words.Unbound);
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
