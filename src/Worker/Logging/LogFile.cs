using System.Globalization;
using System.Text;

namespace OpenClaw.Worker.Logging;

/// <summary>
/// <c>logs/worker.log</c> and those before it, <c>worker.log.1</c> the newest: bounded in size and number, readable by the owner only. A
/// disk that takes no line stops no work: lines are dropped and counted until it does again. Not safe for several threads.
/// </summary>
internal sealed class LogFile : IDisposable
{
    public const string Name = "worker.log";
    public const long Size = 5 << 20;
    public const int Kept = 4;
    private readonly string folder;
    private readonly long size;
    private readonly int kept;
    private FileStream? open;
    private long dropped;

    public LogFile(string folder, long size = Size, int kept = Kept) => (this.folder, this.size, this.kept) = (folder, size, kept);

    private string Current => Path.Combine(folder, Name);

    /// <summary>Writes a line, whole or not at all.</summary>
    public void Append(string line)
    {
        var bytes = Encoding.UTF8.GetBytes(line + "\n");
        try
        {
            open ??= OpenAtEnd();
            if (open.Length > 0 && open.Length + bytes.Length > size) Rotate();
            if (dropped > 0)
                open!.Write(Encoding.ASCII.GetBytes(
                    string.Create(CultureInfo.InvariantCulture, $"{{\"event\":\"lines-dropped\",\"count\":{dropped}}}\n")));
            dropped = 0;
            open!.Write(bytes);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            dropped++;
            Dispose();
        }
    }

    public void Dispose()
    {
        open?.Dispose();
        open = null;
    }

    private void Rotate()
    {
        Dispose();
        File.Delete(GetOlderPath(kept));
        for (var number = kept - 1; number >= 0; number--)
        {
            if (File.Exists(GetOlderPath(number)))
                File.Move(GetOlderPath(number), GetOlderPath(number + 1), overwrite: true);
        }
        open = OpenAtEnd();
    }

    private string GetOlderPath(int number) => number == 0 ? Current : string.Create(CultureInfo.InvariantCulture, $"{Current}.{number}");

    /// <summary>At its end, on a line of its own: a crash may have torn the last one.</summary>
    private FileStream OpenAtEnd()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        else
        {
            Directory.CreateDirectory(folder);
        }
        var file = new FileStream(Current, options);
        if (file.Length == 0) return file;
        file.Seek(-1, SeekOrigin.End);
        if (file.ReadByte() is not '\n') file.WriteByte((byte)'\n');
        return file;
    }
}
