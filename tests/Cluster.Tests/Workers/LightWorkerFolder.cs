namespace OpenClaw.Cluster.Tests.Workers;

/// <summary>
/// A light worker's folder: what it was offered and what it has not reported, each a file before it goes on. Not flushed: the process of
/// the tests lives on, and a hundred flushes a second would be the load.
/// </summary>
internal sealed class LightWorkerFolder
{
    private readonly string journal;
    private readonly string spool;

    public LightWorkerFolder(string folder)
    {
        journal = Directory.CreateDirectory(Path.Combine(folder, "journal")).FullName;
        spool = Directory.CreateDirectory(Path.Combine(folder, "spool")).FullName;
    }

    public int Spooled => Directory.GetFiles(spool).Length;

    public void Begin(string attempt) => Write(Path.Combine(journal, attempt), "offered");

    public void End(string attempt) => File.Delete(Path.Combine(journal, attempt));

    public void Spool(string attempt, string outcome)
    {
        Write(Path.Combine(spool, attempt), outcome);
        End(attempt);
    }

    public void Reported(string attempt) => File.Delete(Path.Combine(spool, attempt));

    private static void Write(string path, string text) => File.WriteAllText(path, text);
}
