using System.Reflection;
using System.Text.Json;
using OpenClaw.Worker.Logging;

namespace OpenClaw.Worker.Tests.Logging;

public sealed class LogTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("openclaw-log-");

    public void Dispose() => folder.Delete(recursive: true);

    private string Current => Path.Combine(folder.FullName, LogFile.Name);

    [Fact]
    public void A_line_of_the_file_has_time_level_event_and_ids()
    {
        using var file = new LogFile(folder.FullName);
        var log = new WorkerLog(TextWriter.Null, TimeProvider.System);
        log.AddFile(file);
        log.ResultRefused("t.1", "no");
        using var json = JsonDocument.Parse(Assert.Single(File.ReadAllLines(Current)));
        var line = json.RootElement;
        Assert.Equal(("warning", "result-refused", "t.1"),
            (line.GetProperty("level").GetString(), line.GetProperty("event").GetString(), line.GetProperty("attempt").GetString()));
        Assert.True(line.GetProperty("time").TryGetDateTimeOffset(out _));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Current));
    }

    [Theory]
    [InlineData("\u001b]0;title\u0007"), InlineData("\r overwritten"), InlineData("a\u202eb"), InlineData("\u0085")]
    [InlineData("{\"level\":\"x\"}")]
    public void Text_from_outside_reaches_no_terminal_and_makes_no_line_of_its_own(string hostile)
    {
        var text = new StringWriter();
        using var file = new LogFile(folder.FullName);
        var log = new WorkerLog(text, TimeProvider.System);
        log.AddFile(file);
        log.PollFailed(hostile, TimeSpan.Zero);
        Assert.DoesNotContain(text.ToString().TrimEnd('\n'), c => char.IsControl(c) || c == '\u202e');
        var line = Assert.Single(File.ReadAllText(Current).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.DoesNotContain(line, c => char.IsControl(c) || c == '\u202e');
        using var json = JsonDocument.Parse(line);
        Assert.Contains(hostile, json.RootElement.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void On_standard_output_it_is_text_or_JSON()
    {
        var (text, json) = (new StringWriter(), new StringWriter());
        new WorkerLog(text, TimeProvider.System).Stopped();
        new WorkerLog(json, TimeProvider.System, json: true).Stopped();
        Assert.EndsWith("Z stopped", text.ToString().Trim(), StringComparison.Ordinal);
        Assert.Contains("\"event\":\"stopped\"", json.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Size_and_number_of_files_are_bounded_and_the_newest_are_kept()
    {
        using var file = new LogFile(folder.FullName, size: 100, kept: 2);
        for (var i = 0; i < 50; i++)
            file.Append($"line {i:00} {new string('x', 20)}");
        var files = folder.GetFiles();
        Assert.Equal(["worker.log", "worker.log.1", "worker.log.2"], files.Select(f => f.Name).Order(StringComparer.Ordinal));
        Assert.All(files, f => Assert.InRange(f.Length, 1, 100));
        Assert.Contains("line 49", File.ReadAllText(Current), StringComparison.Ordinal);
        Assert.Contains("line 46", File.ReadAllText(Current + ".1"), StringComparison.Ordinal);
    }

    [Fact]
    public void After_a_torn_line_the_next_begins_anew()
    {
        File.WriteAllText(Current, "whole\ntor");
        using var file = new LogFile(folder.FullName);
        file.Append("next");
        Assert.Equal(["whole", "tor", "next"], File.ReadAllLines(Current));
    }

    [Fact]
    public void A_log_that_cannot_be_written_stops_nothing_and_says_later_what_is_missing()
    {
        var blocked = Path.Combine(folder.FullName, "logs");
        File.WriteAllText(blocked, "in the way");
        using var file = new LogFile(blocked);
        file.Append("one");
        file.Append("two");
        File.Delete(blocked);
        file.Append("three");
        Assert.Equal(["{\"event\":\"lines-dropped\",\"count\":2}", "three"], File.ReadAllLines(Path.Combine(blocked, LogFile.Name)));
    }

    [Fact]
    public void A_fault_that_tells_novels_is_cut()
    {
        var text = new StringWriter();
        new WorkerLog(text, TimeProvider.System).Say(new string('x', 1_000_000));
        Assert.InRange(text.ToString().Length, LogLine.Longest, LogLine.Longest + 100);
    }

    /// <summary>Names that were given are never taken back: people have rules on them.</summary>
    [Theory]
    [InlineData("heartbeat-failed"), InlineData("woke"), InlineData("started"), InlineData("not-started")]
    [InlineData("stopping"), InlineData("ended")]
    [InlineData("executor-failed"), InlineData("no-journal"), InlineData("spool-failed"), InlineData("spool-corrupt")]
    [InlineData("spool-found")]
    [InlineData("result-waits"), InlineData("result-taken"), InlineData("result-refused"), InlineData("leftover"), InlineData("draining")]
    [InlineData("drain-asked"), InlineData("stopped"), InlineData("fault")]
    public void Names_of_events_stay(string name)
    {
        var methods = typeof(WorkerLog).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly);
        Assert.Contains(name, methods.Select(method => LogLine.ToEventName(method.Name)));
    }
}
