using System.Globalization;
using System.Text.Json.Nodes;
using OpenClaw.TestKit.Checking;

namespace OpenClaw.Cluster.Tests.Work;

/// <summary>
/// File tasks side by side on one PC: many add their line to one file, and of those that would make the same file one may. The files are
/// their witness.
/// </summary>
internal sealed class FileEdits(string worker, string folder)
{
    private const string Mark = "END\n";
    private const int OnceFiles = 40;
    private const int Timeout = 20_000;
    private const string Ledger = "ledger";

    public void Prepare() => File.WriteAllText(Path.Combine(folder, Ledger), Mark);

    /// <summary>An edit that puts the key's line before the mark, or a write of the key where nothing is yet.</summary>
    public (JsonObject Body, Func<string, Accepted> Accepted) Next(string key, Random random)
    {
        var body = random.Next(4) > 0
            ? Body("file-edit", new JsonObject { ["path"] = "~/" + Ledger, ["oldString"] = Mark, ["newString"] = $"{key}\n{Mark}" })
            : Body("file-write", new JsonObject
            {
                ["path"] = "~/" + OnceName(random.Next(OnceFiles)), ["content"] = key, ["ifAbsent"] = true,
            });
        return (body, id => new Accepted(key, id, 1) { Timeout = Timeout, KillGrace = 500, Witness = WitnessKind.File });
    }

    /// <summary>What the files say against what the clients were told; of unknown keys nobody was told whether there is a task.</summary>
    public IEnumerable<string> Violations(IReadOnlyList<Accepted> accepted, IReadOnlySet<string> unknown, IReadOnlyList<Seen> seen)
    {
        var states = seen.GroupBy(s => s.Task).ToDictionary(g => g.Key, g => g.Last().State);
        var tasks = accepted.Where(task => task.Witness == WitnessKind.File).DistinctBy(task => task.Key)
            .ToDictionary(task => task.Key, task => states.GetValueOrDefault(task.Task, "none"));
        var lines = File.ReadAllLines(Path.Combine(folder, Ledger));
        if (lines[^1] + "\n" != Mark) yield return $"I10 the file that all edit ends with '{lines[^1]}'";
        var written = lines[..^1].CountBy(line => line).ToDictionary();
        var once = Enumerable.Range(0, OnceFiles).Select(OnceName).Where(name => File.Exists(Path.Combine(folder, name)))
            .Select(name => File.ReadAllText(Path.Combine(folder, name))).ToHashSet();
        foreach (var (key, state) in tasks)
        {
            var times = written.GetValueOrDefault(key) + (once.Contains(key) ? 1 : 0);
            var may = state switch { "succeeded" => times == 1, "lost" or "cancelled" or "timed_out" => times <= 1, _ => times == 0 };
            if (!may) yield return $"I10 {key}: a file task that is {state}, and what it writes is there {times} times";
        }
        foreach (var stranger in written.Keys.Concat(once).Where(key => !tasks.ContainsKey(key) && !unknown.Contains(key)))
            yield return $"I1 {stranger}: it was written, and was never accepted";
    }

    private JsonObject Body(string kind, JsonObject payload) => new()
    {
        ["kind"] = kind, ["payload"] = payload, ["worker"] = worker, ["timeout"] = Timeout, ["killGrace"] = 500,
    };

    private static string OnceName(int number) => string.Create(CultureInfo.InvariantCulture, $"once-{number}");
}
