using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace OpenClaw.Architecture.Tests;

/// <summary>Packages, warnings, banned symbols: the rules the build itself keeps.</summary>
public sealed partial class BuildRuleTests
{
    private static readonly string[] Folders = ["src", "tests", "bench"];

    [Fact]
    public void No_project_names_a_version_of_its_own() => House.None(House.Files("*.csproj", Folders)
        .Where(f => XDocument.Load(Path.Combine(House.Root, f)).Descendants("PackageReference")
            .Any(p => p.Attribute("Version") is not null || p.Attribute("VersionOverride") is not null)));

    [Fact]
    public void Every_project_has_a_lock_file() => House.None(House.Files("*.csproj", Folders)
        .Where(f => !File.Exists(Path.Combine(House.Root, Path.GetDirectoryName(f)!, "packages.lock.json"))));

    [Fact]
    public void Lock_files_and_central_versions_agree()
    {
        var central = XDocument.Parse(House.Read("Directory.Packages.props")).Descendants("PackageVersion")
            .ToDictionary(p => p.Attribute("Include")!.Value, p => p.Attribute("Version")!.Value, StringComparer.OrdinalIgnoreCase);
        foreach (var file in House.Files("packages.lock.json", Folders))
        {
            var direct = JsonDocument.Parse(House.Read(file)).RootElement.GetProperty("dependencies").EnumerateObject()
                .SelectMany(framework => framework.Value.EnumerateObject())
                .Where(p => p.Value.GetProperty("type").GetString() == "Direct" && central.ContainsKey(p.Name));
            foreach (var package in direct)
                Assert.True(package.Value.GetProperty("resolved").GetString() == central[package.Name], $"{file}: {package.Name}");
        }
    }

    private static IEnumerable<string> Packages => XDocument.Parse(House.Read("Directory.Packages.props"))
        .Descendants("PackageVersion").Select(package => package.Attribute("Include")!.Value);

    private static IEnumerable<string> Tools => JsonDocument.Parse(House.Read(".config/dotnet-tools.json"))
        .RootElement.GetProperty("tools").EnumerateObject().Select(tool => tool.Name);

    [Fact]
    public void Every_package_has_a_line_in_the_list_of_dependencies()
    {
        var documented = House.Lines("docs/dependencies.md");
        House.None(Packages.Concat(Tools).Where(p => !documented.Any(line => line.StartsWith($"| `{p}` |", StringComparison.Ordinal))));
    }

    [Fact]
    public void Every_central_version_is_used()
    {
        var named = House.Files("*.csproj", Folders).Concat(["Directory.Build.props", "tests/Directory.Build.props"]).Select(House.Read)
            .ToList();
        House.None(Packages
            .Where(package => !named.Exists(text => text.Contains($"\"{package}\"", StringComparison.Ordinal))));
    }

    [Fact]
    public void The_list_of_dependencies_has_no_line_too_many()
    {
        var packages = Packages.Concat(Tools).ToHashSet(StringComparer.Ordinal);
        House.None(House.Lines("docs/dependencies.md").Select(l => PackageLine().Match(l)).Where(m => m.Success)
            .Select(m => m.Groups[1].Value).Where(name => !packages.Contains(name)));
    }

    [Theory]
    [InlineData("P:System.DateTime.UtcNow")] // the name of what is banned, no use of it
    [InlineData("P:System.DateTime.Now")] // the name of what is banned, no use of it
    [InlineData("P:System.DateTimeOffset.UtcNow")] // the name of what is banned, no use of it
    [InlineData("M:System.Threading.Thread.Sleep(System.Int32)")] // the name of what is banned, no use of it
    [InlineData("M:System.Threading.Tasks.Task.Delay(System.Int32)")] // the name of what is banned, no use of it
    public void The_wall_clock_is_banned(string symbol) =>
        Assert.Contains(House.Lines("BannedSymbols.txt"), line => line.StartsWith(symbol + ";", StringComparison.Ordinal));

    [Theory]
    [InlineData("TreatWarningsAsErrors", "true")]
    [InlineData("Nullable", "enable")]
    [InlineData("EnforceCodeStyleInBuild", "true")]
    [InlineData("ManagePackageVersionsCentrally", "true")]
    [InlineData("RestorePackagesWithLockFile", "true")]
    public void The_build_is_strict(string property, string value) =>
        Assert.Equal(value, XDocument.Parse(House.Read("Directory.Build.props")).Descendants(property).Single().Value);

    [Fact]
    public void Nothing_switches_a_ban_off() => House.None(House.Files("*.cs", Folders)
        .Where(f => !f.EndsWith("BuildRuleTests.cs", StringComparison.Ordinal))
        .Where(f => House.Read(f) is var text && (text.Contains("disable RS0030", StringComparison.Ordinal)
            || text.Contains("#nullable disable", StringComparison.Ordinal))));

    [GeneratedRegex(@"^\| `([^`]+)` \|")]
    private static partial Regex PackageLine();
}
