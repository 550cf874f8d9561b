using System.ComponentModel;
using System.Diagnostics;
using OpenClaw.Worker.Processes.Arguments;
using OpenClaw.Worker.Processes.Output;

namespace OpenClaw.Worker.Processes.Windows;

/// <summary>
/// A process in a job object of its own. Compiled, but not run in our tests: docs/worker.md says so. A process that starts a child
/// in the instant before it is put in the job can leave that child outside.
/// </summary>
[System.Runtime.Versioning.SupportedOSPlatform("windows")]
internal sealed class WindowsChild : ChildProcess
{
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);
    private const int TooLarge = 206; // a command line of more than 32,767 characters
    private readonly Process process;
    private readonly JobObject job;
    private readonly TimeProvider clock;
    private volatile bool overflowed;

    private WindowsChild(Process process, JobObject job, ProcessSpec spec, IOutputSink output, TimeProvider clock)
    {
        this.process = process;
        this.job = job;
        this.clock = clock;
        if (spec.Limits?.OutputBytes is { } most) output = new LimitedSink(output, most, EndForOutputLimit);
        Ended = WaitForEnd(
            CopyOutput(process.StandardOutput.BaseStream, OutputStream.Stdout, output),
            CopyOutput(process.StandardError.BaseStream, OutputStream.Stderr, output));
        _ = WriteInput(spec.Stdin ?? default);
    }

    public override int Id => process.Id;

    public override Task<ProcessEnd> Ended { get; }

    public static ChildStart Spawn(ProcessSpec spec, IOutputSink output, Func<bool> mayStart, TimeProvider clock)
    {
        if (!Directory.Exists(spec.WorkingDirectory)) return $"the folder '{spec.WorkingDirectory}' does not exist";
        if (!mayStart()) return default;
        var job = new JobObject();
        try
        {
            job.EndWithWorker(spec.Limits);
            var process = Process.Start(CreateStartInfo(spec))!;
            job.AddProcess(process.Handle);
            return new WindowsChild(process, job, spec, output, clock);
        }
        catch (Exception failure) when (failure is Win32Exception or InvalidOperationException or IOException)
        {
            job.Dispose();
            if (failure is Win32Exception { NativeErrorCode: TooLarge })
                return ChildStart.CreateTooLarge(ArgumentSize.DescribeExcess(spec.Argv, spec.Environment, null));
            return $"the program '{spec.Argv[0]}' could not be started: {failure.Message}";
        }
    }

    public override async Task<TreeEnd> KillTree(TimeSpan grace)
    {
        var killed = job.Active;
        JobObject.SendCtrlBreak(Id);
        var began = clock.GetTimestamp();
        while (job.Active > 0 && clock.GetElapsedTime(began) < grace)
            await Task.Delay(PollInterval, clock);
        job.KillAll();
        for (var round = 0; job.Active > 0 && round < 40; round++)
            await Task.Delay(PollInterval, clock);
        return new TreeEnd(killed, job.Active);
    }

    public override void Dispose()
    {
        job.DetachProcesses();
        job.Dispose();
        process.Dispose();
    }

    private static ProcessStartInfo CreateStartInfo(ProcessSpec spec)
    {
        var info = new ProcessStartInfo(spec.Argv[0])
        {
            WorkingDirectory = spec.WorkingDirectory,
            UseShellExecute = false,
            CreateNewProcessGroup = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in spec.Argv.Skip(1))
            info.ArgumentList.Add(argument);
        info.Environment.Clear();
        foreach (var (name, value) in spec.Environment)
            info.Environment[name] = value;
        return info;
    }

    private async Task<ProcessEnd> WaitForEnd(Task stdout, Task stderr)
    {
        await process.WaitForExitAsync();
        await Task.WhenAny(Task.WhenAll(stdout, stderr), Task.Delay(Drain, clock));
        return new ProcessEnd { ExitCode = process.ExitCode, HeldBy = "job", Limit = overflowed ? ProcessLimits.Output : null };
    }

    private void EndForOutputLimit()
    {
        overflowed = true;
        job.KillAll();
    }

    private static async Task CopyOutput(Stream from, OutputStream stream, IOutputSink output)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReadAsync(buffer) is > 0 and var count)
                output.Write(stream, buffer.AsSpan(0, count));
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            // The pipe was closed from our side after the drain.
        }
    }

    private async Task WriteInput(ReadOnlyMemory<byte> stdin)
    {
        try
        {
            await using var input = process.StandardInput.BaseStream;
            await input.WriteAsync(stdin);
        }
        catch (IOException)
        {
            // It had enough.
        }
    }
}
