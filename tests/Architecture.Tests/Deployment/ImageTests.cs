using System.Text.RegularExpressions;

namespace OpenClaw.Architecture.Tests.Deployment;

/// <summary>What must hold of the Dockerfiles without building them.</summary>
public sealed partial class ImageTests
{
    public static TheoryData<string> Dockerfiles => new(House.Files("*Dockerfile", "deploy"));

    public static TheoryData<string, string> Projects => new()
    {
        { "deploy/Dockerfile", "Silo" }, { "deploy/Dockerfile", "Gateway" }, { "deploy/worker.Dockerfile", "Worker" },
    };

    [Theory, MemberData(nameof(Dockerfiles))]
    public void What_it_copies_is_there_and_reaches_the_engine(string file)
    {
        var named = House.Lines(".dockerignore").Where(line => line.StartsWith('!')).Select(line => line[1..].TrimEnd('/')).ToList();
        var sources = Sources(file).ToList();
        Assert.NotEmpty(sources);
        House.None(sources.Where(s => !Path.Exists(Path.Combine(House.Root, s))).Select(s => $"{s} is not there"));
        House.None(sources.Where(s => !named.Exists(n => s.TrimEnd('/') == n || s.StartsWith(n + "/", StringComparison.Ordinal)))
            .Select(s => $".dockerignore keeps {s} away"));
    }

    /// <summary>A project that joined and was forgotten fails here, not at the next build of an image.</summary>
    [Theory, MemberData(nameof(Projects))]
    public void It_copies_every_project_that_the_program_is_made_of(string file, string program)
    {
        var copied = Sources(file).ToHashSet();
        House.None(Needed(program).SelectMany(p => new[] { $"src/{p}/{p}.csproj", $"src/{p}/packages.lock.json", $"src/{p}/" })
            .Where(source => !copied.Contains(source)));
    }

    [Theory, MemberData(nameof(Dockerfiles))]
    public void What_runs_is_not_root(string file)
    {
        var stages = Stage().Split(House.Read(file)).Where(stage => stage.Contains("ENTRYPOINT", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(stages);
        Assert.All(stages, stage => Assert.Equal("1654", User().Matches(stage).Last().Groups[1].Value));
    }

    /// <summary>No shell between the engine's signal and the process, and none needed in the image.</summary>
    [Theory, MemberData(nameof(Dockerfiles))]
    public void What_runs_gets_its_signals_itself(string file) =>
        House.None(House.Lines(file)
            .Where(line => line.StartsWith("ENTRYPOINT", StringComparison.Ordinal)
                && !line.StartsWith("ENTRYPOINT [\"/", StringComparison.Ordinal)));

    [Fact]
    public void The_folder_as_a_whole_reaches_no_engine() =>
        Assert.Equal("*", House.Lines(".dockerignore").First(line => !line.StartsWith('#')));

    private static IEnumerable<string> Sources(string file) => House.Lines(file)
        .Where(line => line.StartsWith("COPY ", StringComparison.Ordinal) && !line.Contains("--from=", StringComparison.Ordinal))
        .SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..^1]);

    private static HashSet<string> Needed(string program)
    {
        var needed = new HashSet<string>();
        var todo = new Stack<string>([program]);
        while (todo.TryPop(out var project))
            if (needed.Add(project))
                foreach (var reference in House.Declared(project, "ProjectReference")) todo.Push(reference);
        return needed;
    }

    [GeneratedRegex("^FROM ", RegexOptions.Multiline)]
    private static partial Regex Stage();

    [GeneratedRegex(@"^USER (\S+)", RegexOptions.Multiline)]
    private static partial Regex User();
}
