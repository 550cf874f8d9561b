using OpenClaw.Worker.Execution.Agents;
using OpenClaw.Worker.Execution.Agents.Turns;
using OpenClaw.Worker.Tests.Execution;

namespace OpenClaw.Worker.Tests.Agents;

public sealed class TurnFolderTests : IDisposable
{
    private const string Home = "/home/ann", Gone = "/nowhere/at/all";
    private readonly ScratchFolder disk = new();

    public void Dispose() => disk.Dispose();

    [Fact]
    public void A_new_session_begins_where_the_task_says_or_at_home()
    {
        Assert.Equal(new TurnFolder(Home, null), Choose(null, new SessionPlan("id")));
        Assert.Equal(new TurnFolder("/x", null), Choose("/x", new SessionPlan("id")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_session_is_gone_on_with_and_forked_in_its_folder_and_never_at_home_when_that_is_gone(bool fork)
    {
        Assert.Equal(new TurnFolder(disk.Path, null), Choose(null, Old(disk.Path, fork)));
        var gone = Choose(null, Old(Gone, fork));
        Assert.Equal((null, "folder-gone"), (gone.Path, gone.Error!.Value.Reason));
        Assert.Contains(Gone, gone.Error.Value.Error, StringComparison.Ordinal);
        Assert.Equal("folder-unknown", Choose(null, Old(null, fork)).Error!.Value.Reason);
        // What the client names counts.
        Assert.Equal("/x", Choose("/x", Old(Gone, fork)).Path);
        Assert.Equal("/x", Choose("/x", Old(null, fork)).Path);
    }

    [Fact]
    public void Where_an_agent_is_bound_to_the_folder_another_one_is_refused_and_a_link_to_it_is_the_same()
    {
        Directory.CreateDirectory(disk.At("a"));
        Directory.CreateSymbolicLink(disk.At("link"), "a");
        var session = Old(disk.At("a"), fork: false);
        Assert.Equal(disk.At("link"), Choose(disk.At("link"), session, bound: true).Path);
        Assert.Equal(disk.At("a") + "/", Choose(disk.At("a") + "/", session, bound: true).Path);
        var elsewhere = Choose(disk.Path, session, bound: true);
        Assert.Equal((null, "other-folder"), (elsewhere.Path, elsewhere.Error!.Value.Reason));
        Assert.Contains(disk.At("a"), elsewhere.Error.Value.Error, StringComparison.Ordinal);
        Assert.Equal(disk.Path, Choose(disk.Path, session).Path);
    }

    private static SessionPlan Old(string? folder, bool fork) =>
        new("id") { Resume = fork ? null : "own", Fork = fork ? "own" : null, Folder = folder };

    private static TurnFolder Choose(string? named, SessionPlan session, bool bound = false) =>
        TurnFolder.Choose(named, session, Home, bound);
}
