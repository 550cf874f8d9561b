using OpenClaw.Protocol.Payloads;
using OpenClaw.Worker.Output;
using OpenClaw.Worker.Processes.Output;

namespace OpenClaw.Worker.Masking;

/// <summary>
/// The output of one attempt on its way to the pump, and what is masked in it and in its result. The content of a file that a task asked
/// for goes as it is: it has a digest, and what is changed and written back must not have lost the owner's secrets. Which files may be
/// read is for the policy's roots to say.
/// </summary>
internal sealed class MaskedOutput : IDisposable
{
    private static readonly string[] Contents = [.. Kinds.Reading.Except([Kinds.FileStat, Kinds.FileList])];
    private readonly MaskingSink? masking;

    private MaskedOutput(IOutputSink sink, MaskingSink? masking, AttemptMask mask) =>
        (Sink, this.masking, Mask) = (sink, masking, mask);

    /// <summary>What an executor writes to.</summary>
    public IOutputSink Sink { get; }

    public AttemptMask Mask { get; }

    public static MaskedOutput Create(string kind, OutputPump pump, AttemptMask mask, TimeProvider clock)
    {
        if (Contents.Contains(kind)) return new MaskedOutput(pump, null, mask);
        var masking = new MaskingSink(pump, mask, clock, pump.HasRoom);
        return new MaskedOutput(masking, masking, mask);
    }

    /// <summary>Nothing more is printed.</summary>
    public void Finish() => masking?.Finish();

    public void Dispose() => masking?.Dispose();
}
