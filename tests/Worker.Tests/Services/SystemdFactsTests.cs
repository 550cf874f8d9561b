using OpenClaw.Worker.Processes.Unix;
using OpenClaw.Worker.Services.Platforms;

namespace OpenClaw.Worker.Tests.Services;

/// <summary>Where the person's own manager is looked for.</summary>
public sealed class SystemdFactsTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("openclaw-runtime-");
    private readonly Dictionary<string, string> variables = [];

    public void Dispose() => folder.Delete(recursive: true);

    [Theory, InlineData("systemd/private"), InlineData("bus")]
    public void A_runtime_folder_in_which_somebody_listens_is_the_one(string socket)
    {
        variables["XDG_RUNTIME_DIR"] = folder.FullName;
        Assert.NotEqual(folder.FullName, Look().Runtime);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder.FullName, socket))!);
        File.WriteAllText(Path.Combine(folder.FullName, socket), "");
        Assert.Equal((folder.FullName, true), (Look().Runtime, Look().RuntimeIsSet));
    }

    [Fact]
    public void A_bus_that_is_elsewhere_is_tried()
    {
        // Unless this account has a manager where every account has it.
        variables["DBUS_SESSION_BUS_ADDRESS"] = "unix:abstract=/tmp/dbus-x";
        Assert.NotNull(Look().Runtime);
    }

    [Fact]
    public void Root_is_known_as_root() => Assert.Equal(Native.GetUid() == 0, Look().IsRoot);

    [Fact]
    public void Without_the_command_nothing_could_be_done() => Assert.False(Look().Runs);

    private SystemdFacts Look() => SystemdFacts.DetectFor("nobody", variables.GetValueOrDefault);
}
