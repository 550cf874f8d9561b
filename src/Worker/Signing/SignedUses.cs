using System.Text.Json;
using System.Text.Json.Serialization;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Attempts;
using OpenClaw.Worker.FileSystems;
using OpenClaw.Worker.Policy;

namespace OpenClaw.Worker.Signing;

[JsonSerializable(typeof(SignedUse))]
internal sealed partial class SignedUseJson : JsonSerializerContext;

/// <summary>
/// The replay store: which signed statements have run on this PC. A line each in a file of the home, on the disk before anything runs. A
/// torn last line was never acted on and is cut off; a file that can't be read otherwise lets nothing signed run.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="clock">The PC's clock.</param>
/// <param name="most">Lines up to which none is dropped.</param>
internal sealed class SignedUses(string path, TimeProvider clock, int most = 10_000) : IDisposable
{
    /// <summary>The line that says until when uses were dropped has no key.</summary>
    private const string Dropped = "";
    private readonly Lock gate = new();
    private readonly Dictionary<string, SignedUse> uses = new(StringComparer.Ordinal);
    private FileStream? file;
    private int lines;
    private long forgottenUntil;

    /// <summary>Why the statement may not be used for this attempt; null: it may, as far as is known now.</summary>
    public Verdict? FindObjection(ProvenStatement statement, Offer offer)
    {
        lock (gate)
            return TryOpen() ?? ReplayRules.FindObjection(statement, offer, uses.GetValueOrDefault(statement.Key), forgottenUntil);
    }

    /// <summary>The statement is used for this attempt, once, on disk when it returns; or why it may not be.</summary>
    public Verdict? MarkUsed(ProvenStatement statement, Offer offer)
    {
        lock (gate)
        {
            if (FindObjection(statement, offer) is { } objection) return objection;
            try
            {
                if (lines >= most) DropExpired();
                AppendLine(new SignedUse(statement.Key, offer.TaskId, offer.Attempt, statement.Statement.ExpiresAt));
                return null;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // Whatever of the line is there: it is read anew, and a torn one cut off.
                Close();
                return Reject(error);
            }
        }
    }

    public void Dispose()
    {
        lock (gate)
            Close();
    }

    private Verdict? TryOpen()
    {
        if (file is not null) return null;
        try
        {
            var isNew = !File.Exists(path);
            file = new FileStream(path, CreateOptions());
            if (isNew && !OperatingSystem.IsWindows()) Posix.SyncFolder(Path.GetDirectoryName(path)!);
            ReadLines();
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            Close();
            return Reject(error);
        }
    }

    private void ReadLines()
    {
        var bytes = new byte[file!.Length];
        file.ReadExactly(bytes);
        var whole = bytes.AsSpan().LastIndexOf((byte)'\n') + 1;
        if (whole < bytes.Length)
        {
            file.SetLength(whole);
            file.Flush(flushToDisk: true);
        }
        foreach (var range in bytes.AsSpan(0, whole).Split((byte)'\n'))
        {
            if (bytes[range] is not { Length: > 0 } line) continue;
            Remember(JsonSerializer.Deserialize(line, SignedUseJson.Default.SignedUse) is { Key: not null, Task: not null } use
                ? use : throw new JsonException("a line of it is none of ours"));
        }
        file.Position = whole;
    }

    private void Remember(SignedUse use)
    {
        lines++;
        if (use.Key == Dropped) forgottenUntil = Math.Max(forgottenUntil, use.ExpiresAt);
        else uses[use.Key] = use;
    }

    private void AppendLine(SignedUse use)
    {
        file!.Write(FormatLine(use));
        file.Flush(flushToDisk: true);
        Remember(use);
    }

    /// <summary>
    /// Those of which nothing can run any more, by the PC's clock. That may be wrong: so what was dropped is never taken for new when the
    /// clock is set back.
    /// </summary>
    private void DropExpired()
    {
        var now = (clock.GetUtcNow() - 2 * SignatureRules.ClockTolerance).ToUnixTimeMilliseconds();
        SignedUse[] dropped = [.. uses.Values.Where(use => use.ExpiresAt < now)];
        if (lines - uses.Count + dropped.Length < most / 2) return;
        var until = dropped.Select(use => use.ExpiresAt).Append(forgottenUntil).Max();
        SignedUse[] kept = [new SignedUse(Dropped, "", 0, until), .. uses.Values.Except(dropped)];
        file!.Dispose();
        file = null;
        DurableFile.Write(path, [.. kept.SelectMany(FormatLine)]);
        Close();
        if (TryOpen() is { } broken) throw new IOException(broken.Sentence);
    }

    private void Close()
    {
        file?.Dispose();
        (file, lines) = (null, 0);
        uses.Clear();
    }

    private static byte[] FormatLine(SignedUse use) =>
        [.. JsonSerializer.SerializeToUtf8Bytes(use, SignedUseJson.Default.SignedUse), (byte)'\n'];

    private static Verdict Reject(Exception error) => Verdict.Rejected(
        SignatureReasons.Store, $"which signed tasks ran here before can't be read or written, so none runs: {error.Message}");

    private static FileStreamOptions CreateOptions()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.Read | FileShare.Delete, BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }
}
