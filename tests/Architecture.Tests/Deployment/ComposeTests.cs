using System.Globalization;

namespace OpenClaw.Architecture.Tests.Deployment;

/// <summary>What must hold of the compose files without an engine to run them: docs/deployment.md.</summary>
public sealed class ComposeTests
{
    private static readonly string[] Scalable = ["silo", "gateway"];

    public static TheoryData<string> Files => new(Compose.Files);

    public static TheoryData<string> Services => new(Compose.Services(Compose.Main).Keys);

    [Theory, MemberData(nameof(Files))]
    public void A_compose_file_parses_and_every_service_says_what_runs(string file) =>
        House.None(Compose.Services(file).Where(s => file == Compose.Main && !s.Value["image"].Exists).Select(s => s.Key));

    [Fact]
    public void The_parts_of_a_cluster_are_there() =>
        Assert.Equal(["balancer", "gateway", "postgres", "silo"], Compose.Services(Compose.Main).Keys.Order(StringComparer.Ordinal));

    [Theory, MemberData(nameof(Services))]
    public void A_service_comes_back_is_looked_at_has_time_to_stop_and_fills_no_disk(string name)
    {
        var service = Compose.Services(Compose.Main)[name];
        Assert.Equal("unless-stopped", service["restart"].Text);
        Assert.NotEmpty(service["healthcheck"]["test"].Items);
        Assert.True(Seconds(service["stop_grace_period"].Text) >= 20, name);
        Assert.NotEmpty(service["logging"]["options"]["max-size"].Text);
        Assert.Contains("no-new-privileges:true", service["security_opt"].Items);
    }

    [Theory, MemberData(nameof(Files))]
    public void Every_variable_is_in_the_example_and_in_the_table_of_settings(string file)
    {
        var example = House.Lines(".env.example").Select(line => line.Split('=')[0]).ToHashSet();
        var table = House.Read("docs/configuration.md");
        var used = Compose.Variables(House.Read(file)).ToList();
        House.None(used.Where(v => !example.Contains(v)).Select(v => $"{v} is not in .env.example"));
        House.None(
            used.Where(v => !table.Contains($"`{v}`", StringComparison.Ordinal)).Select(v => $"{v} is not in docs/configuration.md"));
    }

    [Fact]
    public void The_example_has_no_variable_that_nothing_reads()
    {
        var used = Compose.Files.SelectMany(file => Compose.Variables(House.Read(file))).ToHashSet();
        House.None(House.Lines(".env.example").Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split('=')[0])
            .Where(variable => !used.Contains(variable)));
    }

    [Fact]
    public void No_secret_has_a_value_in_the_repository()
    {
        string[] secret = ["PASSWORD", "TOKEN"];
        House.None(House.Lines(".env.example").Where(line => line.Length > 0 && line[0] != '#' && secret.Any(line.Split('=')[0].Contains))
            .Where(line => line.Split('=')[1].Length > 0));
        Assert.Contains(".env", House.Lines(".gitignore"));
        Assert.Contains("deploy/certs/", House.Lines(".gitignore"));
    }

    [Theory, InlineData("silo"), InlineData("gateway")]
    public void What_a_container_of_ours_is_given_is_in_the_table_of_settings(string name)
    {
        var table = House.Read("docs/configuration.md");
        House.None(Compose.Services(Compose.Main)[name]["environment"].Children.Keys
            .Where(v => !v.StartsWith("DOTNET_", StringComparison.Ordinal) && !table.Contains($"`{v}`", StringComparison.Ordinal)));
    }

    [Fact]
    public void Only_the_balancer_can_be_reached_from_outside() => House.None(Compose.Files
        .SelectMany(Compose.Services).Where(s => s.Key != "balancer")
        .SelectMany(s =>
            s.Value["ports"].Items.Where(port => !port.StartsWith("127.0.0.1:", StringComparison.Ordinal))
                .Select(port => $"{s.Key}: {port}")));

    [Fact]
    public void Database_and_Orleans_are_on_a_network_without_a_way_in()
    {
        Assert.Equal("true", Compose.Read(Compose.Main)["networks"]["cluster"]["internal"].Text);
        Assert.Equal(["cluster"], Compose.Services(Compose.Main)["postgres"]["networks"].Items);
        Assert.Equal(["cluster"], Compose.Services(Compose.Main)["silo"]["networks"].Items);
        Assert.Equal(["front"], Compose.Services(Compose.Main)["balancer"]["networks"].Items);
    }

    /// <summary>A name or a host's port of its own can be had once only.</summary>
    [Fact]
    public void Silos_and_gateways_scale() => House.None(Scalable
        .Where(name => Compose.Services(Compose.Main)[name] is var s
            && (s["container_name"].Exists || s["hostname"].Exists || s["ports"].Exists)));

    [Theory, InlineData("silo"), InlineData("gateway")]
    public void A_process_of_ours_can_write_nothing_and_has_no_privilege(string name)
    {
        var service = Compose.Services(Compose.Main)[name];
        Assert.Equal("true", service["read_only"].Text);
        Assert.Equal(["ALL"], service["cap_drop"].Items);
        Assert.All(service["volumes"].Items, volume => Assert.EndsWith(":ro", volume, StringComparison.Ordinal));
    }

    private static double Seconds(string duration) =>
        duration.EndsWith('s') ? double.Parse(duration[..^1], CultureInfo.InvariantCulture) : 0;
}
