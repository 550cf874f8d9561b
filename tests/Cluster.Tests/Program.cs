using System.Globalization;
using OpenClaw.Cluster.Tests.Daemons;
using OpenClaw.Cluster.Tests.Scenarios;
using OpenClaw.Cluster.Tests.Servers;

// The long run, by hand: names of scenarios, or "all"; --seed N, --times N, --rate N (tasks a second), --worker FILE (the native daemon),
// --busy (the machine has other work: how long calls took and what was answered 503 is told and not judged), --older FOLDER (a built older
// tree, for the scenarios with two builds). See docs/faults.md.
int Option(string name, int otherwise) =>
    Array.IndexOf(args, name) is >= 0 and var at ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;

if (Array.IndexOf(args, "--worker") is >= 0 and var binary) DaemonProcess.Program = Path.GetFullPath(args[binary + 1]);
ScenarioRun.IsMachineBusy = args.Contains("--busy");
OlderBuild.Tree = Array.IndexOf(args, "--older") is >= 0 and var tree ? Path.GetFullPath(args[tree + 1]) : "";
ScenarioRun.Rate = Option("--rate", (int)ScenarioRun.Rate);
var names = args.TakeWhile(a => !a.StartsWith("--", StringComparison.Ordinal)).ToList();
IEnumerable<Scenario> there = OlderBuild.Tree.Length > 0 ? Catalogue.All.Concat(Rolling.All) : Catalogue.All;
var chosen = there.Where(s => names.Contains(s.Name) || (names.Contains("all") && s.Name != "smoke")).ToList();
if (chosen.Count == 0)
{
    foreach (var scenario in Catalogue.All.Concat(Rolling.All)) await Console.Out.WriteLineAsync($"  {scenario.Name,-16} {scenario.Does}");
    return 2;
}
var violations = new List<string>();
for (var (time, seed) = (0, Option("--seed", Environment.TickCount & 0xFFFFFF)); time < Option("--times", 1); time++)
    foreach (var scenario in chosen) violations.AddRange(await ScenarioRun.Of(scenario, seed + time, Console.WriteLine));
await Console.Out.WriteLineAsync(violations.Count == 0
    ? "All went well."
    : $"{violations.Count} things were wrong:\n" + string.Join('\n', violations.Take(100)));
return violations.Count == 0 ? 0 : 1;
