using Microsoft.Extensions.Time.Testing;
using OpenClaw.TestKit.Processes;
using OpenClaw.Worker.Cli;

namespace OpenClaw.Worker.Tests.Policy;

/// <summary>Every sample of docs/worker/policy.md is a policy, and `policy test` says of the tasks below it what the page says.</summary>
public sealed class PolicyPageTests : IDisposable
{
    private const int Samples = 4;
    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(Repository.Root, "docs", "worker", "policy.md"));
    private readonly Execution.ScratchFolder folder = new();

    public PolicyPageTests()
    {
        Directory.CreateDirectory(folder.At("home", "work", "out"));
        folder.File("home/work/notes.txt", "x");
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Each_sample_has_its_tasks()
    {
        Assert.Equal(Samples, Blocks("jsonc").Count);
        Assert.Equal(Samples, Blocks("jsonc tasks").Count);
        Assert.All(Blocks("jsonc tasks"), block => Assert.True(block.Count >= 2));
    }

    public static TheoryData<int, string> Tasks()
    {
        var tasks = new TheoryData<int, string>();
        for (var sample = 0; sample < Samples; sample++)
        {
            foreach (var line in Blocks("jsonc tasks")[sample])
                tasks.Add(sample, line);
        }
        return tasks;
    }

    [Theory]
    [MemberData(nameof(Tasks))]
    public async Task A_task_meets_what_the_page_says(int sample, string line)
    {
        var at = line.LastIndexOf("// ", StringComparison.Ordinal);
        Assert.True(at > 0, $"no word about {line}");
        var (task, says) = (line[..at], line[(at + 3)..].Trim());
        folder.File("worker/policy.json", Here(string.Join('\n', Blocks("jsonc")[sample])));
        var (output, errors) = (new StringWriter(), new StringWriter());
        var noon = new FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));
        var terminal = new Terminal(output, errors, new StringReader(Here(task)), _ => null, folder.Path) { Clock = noon };

        var code = await CommandLine.Run(["policy", "test", "-", "--home", folder.At("worker")], terminal);

        Assert.Equal("", errors.ToString());
        Assert.StartsWith(says, output.ToString(), StringComparison.Ordinal);
        Assert.Equal(says.Split(':')[0] switch { "allowed" => 0, "rejected" => 1, "needs your yes" => 3, _ => -1 }, code);
    }

    /// <summary>The sample's folders are this test's, not those of whoever runs it.</summary>
    private string Here(string text) => text.Replace("~/", folder.At("home") + "/", StringComparison.Ordinal);

    private static List<List<string>> Blocks(string language)
    {
        var blocks = new List<List<string>>();
        List<string>? open = null;
        foreach (var line in Lines)
        {
            if (open is not null && line == "```")
                open = null;
            else if (open is not null)
                open.Add(line);
            else if (line == "```" + language)
                blocks.Add(open = []);
            else if (line.StartsWith("```", StringComparison.Ordinal))
                open = [];
        }
        return blocks;
    }
}
