namespace OpenClaw.Cluster.Tests.Workers;

/// <summary>
/// A light worker's folder: what it was offered and what it has not reported, each a file before it goes on. Not flushed: the process of
/// the tests lives on, and a hundred flushes a second would be the load.
/// </summary>
internal sealed class LightWorkerFolder
{
    private readonly string _journal;
    private readonly string _spool;

    public LightWorkerFolder(string folder)
    {
        _journal = Directory.CreateDirectory(Path.Combine(folder, "journal")).FullName;
        _spool = Directory.CreateDirectory(Path.Combine(folder, "spool")).FullName;
    }

    public int Spooled => Directory.GetFiles(_spool).Length;

    public void Begin(string attempt) => Write(Path.Combine(_journal, attempt), "offered");

    public void End(string attempt) => File.Delete(Path.Combine(_journal, attempt));

    public void Spool(string attempt, string outcome)
    {
        Write(Path.Combine(_spool, attempt), outcome);
        End(attempt);
    }

    public void Reported(string attempt) => File.Delete(Path.Combine(_spool, attempt));

    private static void Write(string path, string text) => File.WriteAllText(path, text);
}
