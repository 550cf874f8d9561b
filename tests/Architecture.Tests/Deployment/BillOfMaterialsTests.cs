using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;

namespace OpenClaw.Architecture.Tests.Deployment;

/// <summary>deploy/sbom.sh says of a program what its lock file says.</summary>
public sealed class BillOfMaterialsTests
{
    [Theory]
    [InlineData("Worker", "10.9.8"), InlineData("Cli", "10.9.8"), InlineData("Silo", "-"), InlineData("Gateway", "-")]
    [InlineData("Standalone", "-")]
    public async Task It_names_the_runtime_each_package_of_the_lock_file_and_the_hash_of_the_file(string program, string runtime)
    {
        var locks = Path.Combine(House.Root, "src", program, "packages.lock.json");
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "the worker");
        using var bill = JsonDocument.Parse(await Bill(file, locks, runtime));
        var about = bill.RootElement.GetProperty("metadata").GetProperty("component");
        Assert.Equal(("CycloneDX", "1.6"),
            (bill.RootElement.GetProperty("bomFormat").GetString(), bill.RootElement.GetProperty("specVersion").GetString()));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData("the worker"u8)),
            about.GetProperty("hashes")[0].GetProperty("content").GetString());
        var parts = bill.RootElement.GetProperty("components").EnumerateArray()
            .ToDictionary(part => part.GetProperty("name").GetString()!, part => part.GetProperty("version").GetString()!);
        Assert.Equal(runtime == "-" ? null : runtime, parts.GetValueOrDefault("Microsoft.NETCore.App.Runtime.linux-x64"));
        using var locked = JsonDocument.Parse(await File.ReadAllTextAsync(locks));
        var packages = locked.RootElement.GetProperty("dependencies").GetProperty("net10.0").EnumerateObject()
            .Where(package => package.Value.TryGetProperty("resolved", out _)).ToArray();
        Assert.NotEmpty(packages);
        Assert.All(packages, package => Assert.Equal(package.Value.GetProperty("resolved").GetString(), parts[package.Name]));
        Assert.Equal(packages.Length + (runtime == "-" ? 0 : 1), parts.Count);
        File.Delete(file);
    }

    [Fact]
    public async Task A_package_that_runs_with_the_worker_is_required_and_a_hash_is_the_same_in_hex()
    {
        var (file, locks) = (Path.GetTempFileName(), Path.GetTempFileName());
        await File.WriteAllTextAsync(locks, """
            {
              "version": 2,
              "dependencies": {
                "net10.0": {
                  "Some.Library": {
                    "type": "Direct",
                    "requested": "[1.2.3, )",
                    "resolved": "1.2.3",
                    "contentHash": "AQL/"
                  }
                }
              }
            }
            """);
        using var bill = JsonDocument.Parse(await Bill(file, locks));
        var part = bill.RootElement.GetProperty("components").EnumerateArray()
            .Single(one => one.GetProperty("name").GetString() == "Some.Library");
        Assert.Equal(("required", "pkg:nuget/Some.Library@1.2.3", "0102ff"), (part.GetProperty("scope").GetString(),
            part.GetProperty("purl").GetString(), part.GetProperty("hashes")[0].GetProperty("content").GetString()));
        File.Delete(file);
        File.Delete(locks);
    }

    private static async Task<string> Bill(string file, string locks, string runtime = "10.9.8")
    {
        string[] arguments = [Path.Combine(House.Root, "deploy/sbom.sh"), "0.1.0", "linux-x64", runtime, file, locks];
        var start = new ProcessStartInfo("bash", arguments) { RedirectStandardOutput = true };
        using var script = Process.Start(start)!;
        var text = await script.StandardOutput.ReadToEndAsync();
        await script.WaitForExitAsync();
        Assert.Equal(0, script.ExitCode);
        return text;
    }
}
