using OpenClaw.Worker.Execution.Files;
using OpenClaw.Worker.Execution.Files.Archives;
using OpenClaw.Worker.Execution.Files.Listing;
using OpenClaw.Worker.Execution.Files.Transfer;
using OpenClaw.Worker.Execution.Programs;

namespace OpenClaw.Worker.Execution.Settings;

/// <summary>The executors of files and of the owner's own kinds.</summary>
internal static class ConfiguredExecutors
{
    public static IEnumerable<ITaskExecutor> CreateAll(WorkerSettings settings) =>
    [
        new FileReadExecutor(),
        new FileWriteExecutor(),
        new FileEditExecutor(),
        new FileStatExecutor(),
        new FileListExecutor(),
        new FileTarExecutor(),
        new FileUploadExecutor(),
        new FileDownloadExecutor(),
        .. settings.Kinds.Select(kind => new ProgramExecutor(kind.Key, kind.Value)),
    ];
}
