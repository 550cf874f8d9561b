using OpenClaw.Hosting;

namespace OpenClaw.Gateway.Tests.Https;

public sealed class PrivateFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("openclaw-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>With File.Move, which replaces what came after it looked, some of these rounds had two winners.</summary>
    [Fact]
    public void Of_many_at_once_exactly_one_makes_it_and_its_text_stays()
    {
        const int Rounds = 200, Threads = 4;
        var winners = new List<string>[Rounds];
        using var start = new Barrier(Threads, barrier => winners[barrier.CurrentPhaseNumber] = []);
        var all = Enumerable.Range(0, Threads).Select(number => new Thread(() =>
        {
            for (var round = 0; round < Rounds; round++)
            {
                start.SignalAndWait();
                if (!PrivateFile.TryCreate(Path.Combine(folder, $"{round}"), $"{number}")) continue;
                lock (winners[round]) winners[round].Add($"{number}");
            }
        })).ToList();
        all.ForEach(thread => thread.Start());
        all.ForEach(thread => thread.Join());

        Assert.All(winners, (names, round) => Assert.Equal([File.ReadAllText(Path.Combine(folder, $"{round}"))], names));
        Assert.Equal(Rounds, Directory.GetFiles(folder).Length);
    }

    [Fact]
    public void One_that_is_there_is_left_alone_unless_it_is_to_be_replaced()
    {
        var path = Path.Combine(folder, "secret");
        Assert.True(PrivateFile.TryCreate(path, "first"));
        Assert.False(PrivateFile.TryCreate(path, "second"));
        Assert.Equal("first", File.ReadAllText(path));

        PrivateFile.Replace(path, "third");

        Assert.Equal("third", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(folder));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }
}
