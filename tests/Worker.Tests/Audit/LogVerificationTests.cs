using System.Text;
using System.Text.Json;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Workers;
using OpenClaw.TestKit.Processes;
using OpenClaw.Worker.Audit;
using OpenClaw.Worker.Identity;
using OpenClaw.Worker.Tests.Cli;

namespace OpenClaw.Worker.Tests.Audit;

/// <summary>
/// The PC's own log against what the server had heard of it: whatever somebody does to the log, with every hash written anew.
/// </summary>
public sealed class LogVerificationTests : IDisposable
{
    private const int Rows = 12;
    private readonly TemporaryFolder home = new();
    private readonly TypedTerminal terminal = new();

    private string Folder => home.File("audit");

    public void Dispose() => home.Dispose();

    [Theory]
    [InlineData("nothing", 0)]
    [InlineData("go on", 0)]
    [InlineData("edit and rehash", 1)]
    [InlineData("delete and rehash", 1)]
    [InlineData("swap and rehash", 1)]
    [InlineData("cut off the newest", 1)]
    [InlineData("cut off many and go on", 1)]
    [InlineData("remove the folder", 1)]
    public async Task What_its_own_chain_does_not_show_the_servers_word_does(string how, int expected)
    {
        for (var seed = 0; seed < 8; seed++)
        {
            if (Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
            var heads = WriteKnown(Fill(Rows));
            Tamper(how, new Random(seed));
            Assert.Equal(0, await terminal.Type("audit", "verify", "--home", home.Path));
            var code = await terminal.Type("audit", "verify", "--heads", heads, "--home", home.Path);
            Assert.True(code == expected, $"seed {seed}: {terminal.Out}{terminal.Error}");
            Assert.Contains(
                expected == 0 ? "and that row is here" : "and that row is not here", terminal.Out, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_says_nothing_of_this_home_is_told()
    {
        var heads = WriteKnown(Fill(2));
        new HomeRecord { Names = ["another"] }.SaveTo(home.Path);
        Assert.Equal(2, await terminal.Type("audit", "verify", "--heads", heads, "--home", home.Path));
        await File.WriteAllTextAsync(heads, "[]");
        Assert.Equal(2, await terminal.Type("audit", "verify", "--heads", heads, "--home", home.Path));
        Assert.Equal(2, await terminal.Type("audit", "verify", "--heads", heads + ".none", "--home", home.Path));
    }

    private void Tamper(string how, Random random)
    {
        var path = Path.Combine(Folder, "audit-000001.jsonl");
        if (how == "remove the folder")
        {
            Directory.Delete(Folder, recursive: true);
            return;
        }
        var lines = File.ReadAllLines(path).ToList();
        var at = random.Next(1, Rows - 2);
        switch (how)
        {
            case "edit and rehash": lines[at] = lines[at].Replace("pause", "resume", StringComparison.Ordinal); break;
            case "delete and rehash": lines.RemoveAt(at); break;
            case "swap and rehash": (lines[at], lines[at + 1]) = (lines[at + 1], lines[at]); break;
            case "cut off the newest": lines.RemoveAt(Rows - 1); break;
            case "cut off many and go on": lines.RemoveRange(at, Rows - at); break;
            case "go on": break;
            default: return;
        }
        WriteRehashed(path, lines);
        if (how.EndsWith("go on", StringComparison.Ordinal)) Fill(Rows + 5);
    }

    /// <summary>As somebody does who knows the form of the log.</summary>
    private void WriteRehashed(string path, List<string> lines)
    {
        var end = ChainEnd.Start;
        for (var i = 0; i < lines.Count; i++)
        {
            var row = AuditReader.ParseRow(Encoding.UTF8.GetBytes(lines[i]))! with { Seq = i + 1, Prev = end.Hash };
            lines[i] = JsonSerializer.Serialize(row, AuditJson.Default.AuditRow);
            end = new ChainEnd(i + 1, ChainEnd.ComputeHash(Encoding.UTF8.GetBytes(lines[i])));
        }
        File.WriteAllText(path, string.Concat(lines.Select(line => line + "\n")));
        File.WriteAllBytes(Path.Combine(Folder, "head"), AuditFiles.FormatHead(end));
    }

    private ChainEnd Fill(int rows)
    {
        using var log = new AuditLog(Folder, TimeProvider.System, new WorkerLog(TextWriter.Null, TimeProvider.System));
        for (var i = 0; i < rows; i++) log.RecordOwnerAction("pause", rule: $"{i}");
        return log.Head!.Value;
    }

    private string WriteKnown(ChainEnd end)
    {
        new HomeRecord { Names = ["older", "pc"] }.SaveTo(home.Path);
        var view = new WorkerView
        {
            Name = "pc", Status = "online", Labels = [], Kinds = [], Running = [], AuditLog = new KnownAuditHead(end.Seq, end.Hash, 0),
        };
        var path = home.File("workers.json");
        File.WriteAllText(path, JsonSerializer.Serialize(new WorkerListView([view]), ProtocolJson.Default.WorkerListView));
        return path;
    }
}
