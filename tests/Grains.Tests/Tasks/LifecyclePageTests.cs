using System.Text;
using OpenClaw.GrainInterfaces.Tasks;

namespace OpenClaw.Grains.Tests.Tasks;

/// <summary>docs/task-lifecycle.md is written from the machine; this test writes it, or finds it stale.</summary>
public sealed class LifecyclePageTests
{
    [Fact]
    public void The_page_says_what_the_machine_does()
    {
        var path = Path.Combine(Root(), "docs", "task-lifecycle.md");
        var page = Page();
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1") File.WriteAllText(path, page);
        var found = File.Exists(path) ? File.ReadAllText(path) : "";
        Assert.True(found == page, "docs/task-lifecycle.md is stale. Run: UPDATE_DOCS=1 dotnet test tests/Grains.Tests");
    }

    private static string Page()
    {
        var text = new StringBuilder();
        text.Append("# The life of a task\n\n");
        text.Append("Written by `tests/Grains.Tests/Tasks/LifecyclePageTests.cs` from `src/Grains/Tasks/TaskMachine*.cs`. Do not edit:\n");
        text.Append("`UPDATE_DOCS=1 dotnet test tests/Grains.Tests` writes it anew, and a stale page fails the tests.\n\n");
        text.Append("## Who moves it where\n\n```mermaid\nstateDiagram-v2\n    [*] --> queued: submit\n");
        foreach (var (from, to, triggers) in Edges()) text.Append($"    {from} --> {to}: {string.Join(", ", triggers)}\n");
        foreach (var end in Enum.GetValues<TaskState>().Where(state => state.IsEnd())) text.Append($"    {end.ToWireName()} --> [*]\n");
        text.Append("```\n\n## Every trigger in every state\n\n");
        text.Append("`+state` is committed before anybody is answered, `~state` changes memory only, `=` changes nothing, ");
        text.Append("`!why` is refused;\n");
        text.Append("then what the caller hears. Heartbeats renew a lease in memory. Worker `studio` holds the attempt; times are\n");
        text.Append("timeout 30 s, killGrace 10 s, lease 45 s, lostAfter 60 s, startWithin 15 min, wait for approval 10 min.\n\n");
        Table(text, ["none", "queued", "queued between attempts", "offered", "running", "running renewed"]);
        Table(text, ["running compatible", "running cancel asked", "running may retry", "succeeded", "failed"]);
        Table(text, ["cancelled", "timed_out", "expired", "rejected", "lost", "lost after a cancel"]);
        Table(text, ["awaiting_approval", "awaiting_approval between attempts", "awaiting_approval approved"]);
        return text.ToString().TrimEnd('\n') + "\n";
    }

    private static void Table(StringBuilder text, string[] states)
    {
        text.Append($"| trigger | {string.Join(" | ", states)} |\n|---|{string.Concat(Enumerable.Repeat("---|", states.Length))}\n");
        foreach (var trigger in Situations.Triggers.Keys)
            text.Append($"| {trigger} | {string.Join(" | ", states.Select(state => $"`{LifecycleTable.Cell(state, trigger)}`"))} |\n");
        text.Append('\n');
    }

    private static IEnumerable<(string From, string To, IEnumerable<string> Triggers)> Edges() =>
        from state in Situations.States
        where state.Value is { } record && !record.State.IsEnd()
        from trigger in Situations.Triggers
        let after = Situations.Step(state.Value, trigger.Value.Make(state.Value), trigger.Value.At).Record!.State
        where after != state.Value!.State
        let word = trigger.Key.StartsWith("tick", StringComparison.Ordinal) ? "tick" : trigger.Key
        group word by (From: state.Value!.State.ToWireName(), To: after.ToWireName()) into edge
        select (edge.Key.From, edge.Key.To, edge.Distinct());

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "OpenClaw.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("no OpenClaw.sln above the tests");
    }
}
