namespace OpenClaw.Worker.Tests.Execution;

internal sealed class ScratchFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("openclaw-test-").FullName;

    public string At(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    public string File(string name, string content)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(At(name))!);
        System.IO.File.WriteAllText(At(name), content);
        return At(name);
    }

    public void HardLink(string file, string name)
    {
        using var ln = System.Diagnostics.Process.Start("ln", [At(file), At(name)]);
        ln.WaitForExit();
        Assert.Equal(0, ln.ExitCode);
    }

    public string[] Names() => [.. Directory.EnumerateFileSystemEntries(Path).Select(p => System.IO.Path.GetFileName(p)).Order()];

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
