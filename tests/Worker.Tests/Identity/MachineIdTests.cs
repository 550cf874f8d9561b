using OpenClaw.TestKit.Processes;
using OpenClaw.Worker.Identity;

namespace OpenClaw.Worker.Tests.Identity;

public sealed class MachineIdTests : IDisposable
{
    private const string Id = "8f14e45fceea167a5a36dedd4bea2543";
    private const string OnDisk = "25 1 8:2 / / rw,relatime shared:1 - ext4 /dev/sda2 rw";
    private readonly TemporaryFolder root = new();

    public MachineIdTests()
    {
        foreach (var folder in new[] { "etc", "var/lib/dbus", "run/systemd", "proc/self" })
            Directory.CreateDirectory(root.File(folder));
        File.WriteAllText(root.File("proc/self/mountinfo"), OnDisk + "\n40 25 0:30 / /var/lib/docker/x rw - overlay overlay rw\n");
    }

    public void Dispose() => root.Dispose();

    [Theory]
    [InlineData(Id + "\n", null, Id)]
    [InlineData(null, Id, Id)]
    [InlineData("", Id, Id)]
    [InlineData("uninitialized\n", null, null)]
    [InlineData("00000000000000000000000000000000", null, null)]
    [InlineData("", null, null)]
    [InlineData(null, null, null)]
    public void It_is_what_the_system_says_or_nothing(string? systemd, string? dbus, string? id)
    {
        if (systemd is not null) File.WriteAllText(root.File("etc/machine-id"), systemd);
        if (dbus is not null) File.WriteAllText(root.File("var/lib/dbus/machine-id"), dbus);
        Assert.Equal(id, MachineId.ReadLinuxId(root.Path, _ => null));
    }

    [Theory]
    [InlineData(".dockerenv"), InlineData("run/.containerenv"), InlineData("run/systemd/container")]
    public void A_container_has_none_that_counts(string sign)
    {
        File.WriteAllText(root.File("etc/machine-id"), Id);
        File.WriteAllText(root.File(sign), "");
        Assert.Null(MachineId.ReadLinuxId(root.Path, _ => null));
    }

    [Theory]
    [InlineData("container"), InlineData("KUBERNETES_SERVICE_HOST")]
    public void Nor_has_one_that_says_it_in_a_variable(string name)
    {
        File.WriteAllText(root.File("etc/machine-id"), Id);
        Assert.Null(MachineId.ReadLinuxId(root.Path, variable => variable == name ? "yes" : null));
    }

    [Theory]
    [InlineData("300 200 0:50 / / rw,relatime - overlay overlay rw,lowerdir=/x")]
    [InlineData("300 200 0:50 / / rw,relatime shared:7 master:2 - fuse.fuse-overlayfs fuse-overlayfs rw")]
    public void Nor_has_one_whose_root_is_made_of_layers(string mount)
    {
        File.WriteAllText(root.File("etc/machine-id"), Id);
        File.WriteAllText(root.File("proc/self/mountinfo"), mount + "\n");
        Assert.Null(MachineId.ReadLinuxId(root.Path, _ => null));
    }

    [Fact]
    public void The_id_itself_is_told_to_nobody()
    {
        Assert.DoesNotContain(Id, MachineId.ComputeDigest(Id), StringComparison.Ordinal);
        Assert.Equal(MachineId.ComputeDigest(Id), MachineId.ComputeDigest($" {Id.ToUpperInvariant()}\n"));
        Assert.NotEqual(MachineId.ComputeDigest(Id), MachineId.ComputeDigest(Id[1..] + "0"));
    }
}
