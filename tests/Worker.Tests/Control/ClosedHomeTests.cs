using System.Runtime.InteropServices;
using OpenClaw.Worker.Control;
using OpenClaw.Worker.Processes.Unix;

namespace OpenClaw.Worker.Tests.Control;

/// <summary>Of a home that is somebody else's it is not said that no daemon runs there.</summary>
public sealed class ClosedHomeTests : IDisposable
{
    private const uint Nobody = 65534;
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("openclaw-closed-");

    public void Dispose()
    {
        File.SetUnixFileMode(folder.FullName, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("nora", "/home/nora/.openclaw/worker can't be looked at: /home/nora belongs to nora and is closed to me; "
        + "ask as nora: sudo -u nora /opt/openclaw-worker status --home /home/nora/.openclaw/worker")]
    [InlineData("root", "/home/nora/.openclaw/worker can't be looked at: /home/nora belongs to root and is closed to me; "
        + "ask as root: sudo /opt/openclaw-worker status --home /home/nora/.openclaw/worker")]
    [InlineData(null, "/home/nora/.openclaw/worker can't be looked at: /home/nora is closed to me; "
        + "ask as root: sudo /opt/openclaw-worker status --home /home/nora/.openclaw/worker")]
    public void The_sentence_says_what_is_closed_whose_it_is_and_as_whom_to_ask(string? owner, string sentence) =>
        Assert.Equal(sentence,
            ClosedHome.FormatExplanation("/home/nora/.openclaw/worker", "/home/nora", owner, "me", "/opt/openclaw-worker status"));

    [Fact]
    public void A_folder_this_account_may_not_enter_is_found_and_named()
    {
        var home = Path.Combine(folder.FullName, "home");
        Assert.Null(ClosedHome.Explain(home, "status"));
        File.SetUnixFileMode(folder.FullName, UnixFileMode.None);
        var message = AsSomebodyElse(() => ClosedHome.Explain(home, "status"));
        Assert.StartsWith($"{home} can't be looked at: {folder.FullName} belongs to ", message, StringComparison.Ordinal);
        Assert.Contains(" is closed to ", message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_there_is_not_closed() => Assert.Null(ClosedHome.Explain("/nonexistent/home", "status"));

    /// <summary>
    /// Nothing is closed to root, so a thread of its own becomes nobody: the bare system call changes this thread alone. Other accounts are
    /// kept out of their own folder by its mode.
    /// </summary>
    private static string? AsSomebodyElse(Func<string?> ask)
    {
        if (Native.GetUid() != 0) return ask();
        var (message, changed) = ((string?)null, -1L);
        var thread = new Thread(() =>
        {
            var number = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 147 : 117;
            changed = SetUsers(number, Nobody, Nobody, Nobody);
            message = changed == 0 ? ask() : null;
        });
        thread.Start();
        thread.Join();
        Assert.Equal(0, changed);
        return message;
    }

    [DllImport("libc", EntryPoint = "syscall")]
    private static extern long SetUsers(long number, uint real, uint effective, uint saved);
}
