namespace OpenClaw.Architecture.Tests;

/// <summary>Who may know whom: design.md section 2, on the project files and on the compiled assemblies.</summary>
public sealed class ReferenceTests
{
    private static readonly Dictionary<string, (string[] Projects, string[] Packages)> May = new()
    {
        ["Protocol"] = ([], []),
        ["GrainInterfaces"] = (["Protocol"], ["Microsoft.Orleans.Sdk"]),
        ["Hosting"] = ([], ["System.CommandLine"]),
        ["Cluster"] = (["Hosting"], ["Microsoft.Orleans.Sdk", "Npgsql"]),
        ["Grains"] = (["GrainInterfaces", "Protocol"], ["Microsoft.Orleans.Sdk", "Microsoft.Orleans.Reminders"]),
        ["Storage"] = (["Grains", "GrainInterfaces", "Protocol"],
            ["Microsoft.Orleans.Sdk", "Microsoft.Orleans.Reminders", "Npgsql", "K4os.Compression.LZ4", "SQLitePCLRaw.bundle_e_sqlite3"]),
        ["Silo"] = (["Hosting", "Cluster", "Grains", "GrainInterfaces", "Protocol", "Storage", "Telemetry", "Dashboard"],
            [
                "Microsoft.Orleans.Server", "Microsoft.Orleans.Reminders", "Microsoft.Orleans.Clustering.AdoNet",
                "Microsoft.Orleans.Persistence.AdoNet", "Microsoft.Orleans.Reminders.AdoNet", "Microsoft.Orleans.Dashboard", "Npgsql",
            ]),
        ["Gateway"] = (["Hosting", "Cluster", "Protocol", "GrainInterfaces", "Storage", "Telemetry", "Dashboard"],
            ["Microsoft.Orleans.Client", "Microsoft.Orleans.Clustering.AdoNet", "Microsoft.Orleans.Dashboard"]),
        ["Dashboard"] = ([], ["Microsoft.Orleans.Dashboard"]),
        ["Telemetry"] = ([],
            [
                "OpenTelemetry.Extensions.Hosting", "OpenTelemetry.Exporter.OpenTelemetryProtocol",
                "OpenTelemetry.Exporter.Prometheus.AspNetCore",
            ]),
        ["Worker.FileSystems"] = ([], []),
        ["Worker.Processes"] = (["Protocol", "Worker.FileSystems"], []),
        ["Worker"] = (["Protocol", "Worker.FileSystems", "Worker.Processes"], ["System.CommandLine"]),
        ["Cli"] = (["Protocol"], ["System.CommandLine"]),
        ["Standalone"] = (
            ["Hosting", "Cluster", "Gateway", "GrainInterfaces", "Grains", "Protocol", "Silo", "Storage", "Telemetry", "Dashboard",
                "Worker", "Worker.FileSystems", "Worker.Processes"],
            ["System.CommandLine"]),
    };

    /// <summary>Assemblies of the runtime and of what the packages above bring; everything else is a surprise.</summary>
    private static readonly Dictionary<string, string[]> Brings = new()
    {
        ["Microsoft.Orleans"] = ["Orleans.", "Microsoft.Extensions.", "Microsoft.AspNetCore.Connections."],
        ["Microsoft.AspNetCore"] = ["Microsoft.AspNetCore", "Microsoft.Net.Http.Headers", "Microsoft.Extensions."],
        ["Npgsql"] = ["Npgsql"],
        ["K4os.Compression.LZ4"] = ["K4os.Compression.LZ4"],
        ["SQLitePCLRaw"] = ["SQLitePCLRaw."],
        ["OpenTelemetry"] = ["OpenTelemetry"],
        ["System.CommandLine"] = [],
    };

    public static TheoryData<string> Projects => House.ProjectData;

    /// <summary>One that is left out is built by nobody, and rots.</summary>
    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = File.ReadAllText(Path.Combine(House.Root, "OpenClaw.sln"));
        House.None(House.Files("*.csproj", "src", "tests", "bench").Select(Path.GetFileName)
            .Where(project => !solution.Contains($"\\{project}\"", StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_project_has_a_row_in_the_table() =>
        Assert.Equal(May.Keys.Order(StringComparer.Ordinal), House.Projects);

    [Theory, MemberData(nameof(Projects))]
    public void A_project_file_names_only_what_the_table_allows(string project)
    {
        House.None(House.Declared(project, "ProjectReference").Except(May[project].Projects));
        House.None(House.Declared(project, "PackageReference").Except(May[project].Packages));
    }

    [Theory, MemberData(nameof(Projects))]
    public void A_compiled_assembly_references_only_what_the_table_allows(string project)
    {
        var (projects, packages) = May[project];
        var ours = projects.Select(p => House.AssemblyOf(p).GetName().Name!).ToHashSet();
        var file = House.Read($"src/{project}/{project}.csproj");
        var web = file.Contains("Microsoft.AspNetCore.App", StringComparison.Ordinal)
            || file.Contains("Microsoft.NET.Sdk.Web", StringComparison.Ordinal);
        // A host composes what its projects bring.
        var brought = packages.Concat(project == "Standalone" ? projects.SelectMany(p => May[p].Packages) : []).Distinct();
        var prefixes = brought.Concat(web ? ["Microsoft.AspNetCore"] : [])
            .SelectMany(p => Brings.Single(b => p.StartsWith(b.Key, StringComparison.Ordinal)).Value)
            .Concat(["System.", "Microsoft.Win32."]).ToArray();
        var surprises = House.AssemblyOf(project).GetReferencedAssemblies().Select(a => a.Name!)
            .Where(name => !ours.Contains(name) && !prefixes.Any(p => name.StartsWith(p, StringComparison.Ordinal)));
        House.None(surprises);
    }

    [Theory, InlineData("Worker"), InlineData("Worker.Processes"), InlineData("Cli"), InlineData("Protocol")]
    public void The_wire_and_the_worker_never_see_Orleans(string project) =>
        House.None(Reach(project).Where(name => name.StartsWith("Orleans", StringComparison.Ordinal)));

    /// <summary>What a task carries is opaque to them: of the protocol they share times and words, and no message of it.</summary>
    [Theory, InlineData("GrainInterfaces"), InlineData("Grains"), InlineData("Storage"), InlineData("Silo")]
    public void Grains_and_storage_know_no_message_of_the_protocol(string project)
    {
        string[] shared =
        [
            "OpenClaw.Protocol.Attempts.AttemptTiming", "OpenClaw.Protocol.Attempts.Outcomes", "OpenClaw.Protocol.Payloads.Kinds",
            "OpenClaw.Protocol.Waits.BackOff",
        ];
        // The audit's hashes are made by the store and verified by clients: by one piece of code, and over the same lines.
        House.None(House.TypesUsed(project, "OpenClaw.Protocol").Except(shared)
            .Where(type => !type.StartsWith("OpenClaw.Protocol.Audit.", StringComparison.Ordinal)));
    }

    /// <summary>How programs are run and kept alive knows what an attempt was offered, and nothing of the line to the server.</summary>
    [Fact]
    public void Processes_and_supervision_know_no_HTTP()
    {
        House.None(House.AssemblyOf("Worker.Processes").GetReferencedAssemblies().Select(a => a.Name!)
            .Where(name => name.StartsWith("System.Net.Http", StringComparison.Ordinal)));
        House.None(House.TypesUsed("Worker.Processes", "OpenClaw.Protocol").Except(
        [
            "OpenClaw.Protocol.Attempts.AttemptTiming", "OpenClaw.Protocol.Attempts.Offer", "OpenClaw.Protocol.Output.CutMark",
            "OpenClaw.Protocol.ProtocolJson",
        ]));
    }

    /// <summary>docs/adr/0011: the gateway's process registers the ports of storage, its endpoints know nothing of it.</summary>
    [Fact]
    public void Of_the_gateway_only_its_hosting_names_storage() => House.None(House.Files("*.cs", "src/Gateway")
        .Where(f => !f.StartsWith("src/Gateway/Hosting/", StringComparison.Ordinal))
        .Where(f =>
            House.Lines(f)
                .Any(l => l.StartsWith("using ", StringComparison.Ordinal) && l.Contains("OpenClaw.Storage", StringComparison.Ordinal))));

    [Fact]
    public void The_gateway_never_sees_grains_silo_or_a_database_driver() =>
        House.None(House.AssemblyOf("Gateway").GetReferencedAssemblies().Select(a => a.Name!)
            .Where(name => name is "OpenClaw.Grains" or "openclaw-silo" or "Npgsql"
                || name.StartsWith("SQLitePCLRaw", StringComparison.Ordinal)));

    /// <summary>Names of every assembly reachable through assemblies of ours.</summary>
    private static HashSet<string> Reach(string project)
    {
        var seen = new HashSet<string>();
        var todo = new Stack<System.Reflection.Assembly>([House.AssemblyOf(project)]);
        while (todo.TryPop(out var assembly))
            foreach (var name in assembly.GetReferencedAssemblies().Where(a => seen.Add(a.Name!)))
                if (name.Name!.StartsWith("OpenClaw.", StringComparison.Ordinal)) todo.Push(System.Reflection.Assembly.Load(name));
        return seen;
    }
}
