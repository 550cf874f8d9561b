using Microsoft.Extensions.Options;
using OpenClaw.Storage.Audit;
using OpenClaw.Storage.Output;

namespace OpenClaw.Storage;

/// <summary>How long and how much the store keeps.</summary>
public sealed record StorageOptions
{
    /// <summary>Days that ended tasks are kept where nothing is set.</summary>
    public const int DefaultDays = 7;

    /// <summary>Days that can be set at most.</summary>
    public const int LargestDays = 36_500;

    /// <summary>Days of silence after which conversations and names of workers are forgotten where nothing is set.</summary>
    public const int DefaultSilentDays = 90;

    /// <summary>MiB of output and payloads that are kept where nothing is set.</summary>
    public const int DefaultOutput = 10 * 1024;

    /// <summary>How long a task is kept after its end, with its output. At least a minute. Default 7 days.</summary>
    public TimeSpan KeepFinished { get; set; } = TimeSpan.FromDays(DefaultDays);

    /// <summary>
    /// How long the audit of a task is kept after its end, and notes; never shorter than the task itself. Default: as long.
    /// </summary>
    public TimeSpan KeepAudit { get; set; }

    /// <summary>The audit of tasks outlives them.</summary>
    public bool KeepsAuditLonger => KeepAudit > KeepFinished;

    /// <summary>How long the audit is kept.</summary>
    public TimeSpan AuditKept => KeepsAuditLonger ? KeepAudit : KeepFinished;

    /// <summary>
    /// Output and payloads of ended tasks that are kept together, bytes; beyond it the oldest is dropped, and the tasks stay. At least 1
    /// MiB. Default 10 GiB.
    /// </summary>
    public long KeepOutput { get; set; } = (long)DefaultOutput << 20;

    /// <summary>
    /// After so long a silence a conversation without tasks is forgotten, with the PC its files are on, and so is the name of a worker that
    /// has no task any more. At least a minute. Default 90 days.
    /// </summary>
    public TimeSpan ForgetAfter { get; set; } = TimeSpan.FromDays(DefaultSilentDays);

    /// <summary>How often finished tasks are looked for. A second to a day. Default 10 minutes.</summary>
    public TimeSpan RetentionInterval { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Tasks deleted in one commit at most, 1 to 10,000; other writes get through between two. Default 200.</summary>
    public int RetentionBatch { get; set; } = 200;

    /// <summary>Output kept of one attempt. Each part up to 1 GiB.</summary>
    public OutputLimits Output { get; set; } = new();

    /// <summary>Audit notes kept of one sender.</summary>
    public NoteLimits Notes { get; set; } = new();

    /// <summary>
    /// How long, and how many MiB of output, are kept of ended tasks; days until what is silent is forgotten; days that the audit is kept.
    /// </summary>
    public void SetRetention(int days, int mebibytes, int silentDays, int auditDays)
    {
        (KeepFinished, KeepOutput, ForgetAfter) = (TimeSpan.FromDays(days), (long)mebibytes << 20, TimeSpan.FromDays(silentDays));
        KeepAudit = TimeSpan.FromDays(auditDays);
    }
}

/// <summary>Reports all errors together.</summary>
internal sealed class StorageOptionsValidator : IValidateOptions<StorageOptions>
{
    private const long LargestOutput = 1L << 30;

    public ValidateOptionsResult Validate(string? name, StorageOptions options)
    {
        var errors = new List<string>();
        if (options.KeepFinished < TimeSpan.FromMinutes(1)) errors.Add("KeepFinished must be at least one minute.");
        if (options.ForgetAfter < TimeSpan.FromMinutes(1)) errors.Add("ForgetAfter must be at least one minute.");
        if (options.KeepOutput < 1L << 20) errors.Add("KeepOutput must be at least 1 MiB.");
        if (options.RetentionInterval < TimeSpan.FromSeconds(1) || options.RetentionInterval > TimeSpan.FromDays(1))
        {
            errors.Add("RetentionInterval must be between a second and a day.");
        }
        if (options.RetentionBatch is < 1 or > 10_000) errors.Add("RetentionBatch must be between 1 and 10,000.");
        if (options.Output.Head is < 0 or > LargestOutput) errors.Add("Output.Head must be between 0 and 1 GiB.");
        if (options.Output.Tail is < 0 or > LargestOutput) errors.Add("Output.Tail must be between 0 and 1 GiB.");
        if (options.Notes.Senders is < 1 or > 1_000_000) errors.Add("Notes.Senders must be between 1 and a million.");
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
