using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using OpenClaw.Worker.Execution.Files.Roots;
using OpenClaw.Worker.FileSystems;
using OpenClaw.Worker.Output;
using OpenClaw.Worker.Policy;
using OpenClaw.Worker.Processes;
using OpenClaw.Worker.Processes.Output;

namespace OpenClaw.Worker.Execution.Files;

/// <summary>What the file kinds have in common: payload, path, and work that a dead file system can't hold the worker with.</summary>
internal abstract class FileExecutor<TPayload>(string kind, JsonTypeInfo<TPayload> json) : ITaskExecutor
    where TPayload : class
{
    public string Kind => kind;

    public bool UsesPersonsEnvironment => false;

    public async Task<ExecutionResult> Execute(AttemptContext context)
    {
        var (payload, misunderstood) = ReadPayload(context.Offer.Payload);
        if (payload is null) return ExecutionResult.Rejected("payload-not-understood", misunderstood!);
        var path = FilePaths.Resolve(GetPath(payload), context.User.Home, OperatingSystem.IsWindows());
        if (path.Full is null) return ExecutionResult.Failed("bad-path", path.Error!);

        FileSystemAnswer<FileOutcome> answer;
        try
        {
            answer = await context.FileSystem.RunWithTimeout(() => OpenAndExecute(path.Full, payload, context), Timeout.InfiniteTimeSpan,
                context.Stop.Token);
        }
        catch (OperationCanceledException) when (context.Stop.Why != StopReason.None)
        {
            return ExecutionResult.FromStopReason(context.Stop.Why);
        }
        if (answer is not { Completed: true, Value: { } outcome })
            return ExecutionResult.Failed(Verdict.NoAnswer, "too many tasks hang on file systems that don't answer");
        if (outcome.Error is { } error) return ToResult(error, context.Stop.Why);
        // What is shorter is written without a wait.
        if (outcome.Text?.Length >= OutputPump.Capacity / 2) context.EndWork();
        context.Output.Write(OutputStream.Stdout, outcome.Text);
        return ExecutionResult.Succeeded(outcome.Facts);
    }

    protected abstract string GetPath(TPayload payload);

    /// <summary>What it does with the path; the owner's policy has roots for each.</summary>
    protected virtual RootAccess Access => RootAccess.Read;

    /// <summary>True: folders on the way that are missing are made.</summary>
    protected virtual bool MakesFolders => false;

    /// <summary>Does it. Nothing may change on disk once the context's stop has fired.</summary>
    protected abstract FileOutcome ExecuteAt(RootedPath place, TPayload payload, AttemptContext context);

    /// <summary>The error when the task was stopped; checked again just before a rename.</summary>
    protected static FileError? CheckStopped(string path, AttemptContext context) =>
        context.Stop.Why == StopReason.None ? null : FileError.TaskStopped(path);

    private FileOutcome OpenAndExecute(string path, TPayload payload, AttemptContext context)
    {
        if (CheckStopped(path, context) is { } stopped) return stopped;
        var (place, pathError) = context.Policy.Files.OpenPath(path, Access, makeFolders: MakesFolders);
        if (place is null) return pathError!;
        using (place)
        {
            try
            {
                return ExecuteAt(place, payload, context);
            }
            catch (Exception error) when (FileSystemCalls.IsExpected(error))
            {
                return FileError.FromException(place.Full, error);
            }
        }
    }

    // Strict: a field of a newer server that is silently ignored could change what is done.
    private (TPayload? Payload, string? Misunderstood) ReadPayload(JsonElement payload)
    {
        try
        {
            return (payload.Deserialize(json), $"the payload of {kind} is empty");
        }
        catch (JsonException error)
        {
            return (null, $"this worker does not understand the payload of {kind}: {error.Message}");
        }
    }

    private static ExecutionResult ToResult(FileError error, StopReason why) =>
        why != StopReason.None ? ExecutionResult.FromStopReason(why)
        : error.IsRejection ? ExecutionResult.Rejected(error.Reason, error.Sentence)
        : ExecutionResult.Failed(error.Reason, error.Sentence);
}
