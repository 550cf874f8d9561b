using OpenClaw.Gateway.Security.Access;
using OpenClaw.GrainInterfaces.Queues;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.GrainInterfaces.Tasks;

namespace OpenClaw.Gateway.Tests.Security.Access;

/// <summary>Every narrowing of a small world against every task and every worker of it.</summary>
public sealed class NarrowingTests
{
    private static readonly string[] Names = ["a", "b"];

    /// <summary>All of it, some of it, and every part of it that is not empty.</summary>
    private static readonly string[]?[] Lists = [null, ["a"], ["b"], ["a", "b"]];

    private static readonly TimeSpan?[] Times = [null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)];

    private static readonly TokenRules[] Rules =
    [
        .. from workers in Lists from labels in Lists from kinds in Lists from time in Times
           select new TokenRules { Workers = workers, Labels = labels, Kinds = kinds, LongestTimeout = time },
    ];

    private static readonly TaskSpec[] Tasks =
    [
        .. from worker in Names.Append(null) from labels in Lists from kind in Names from seconds in Enumerable.Range(1, 3)
           select new TaskSpec
           {
               Kind = kind, Payload = [], Timeout = TimeSpan.FromSeconds(seconds),
               Requires = LabelSet.FromLabels([$"kind:{kind}", .. labels ?? [], .. worker is null ? [] : new[] { $"worker:{worker}" }]),
           },
    ];

    [Fact]
    public void A_task_is_admitted_when_all_that_is_given_holds_and_else_the_fields_that_do_not_are_named()
    {
        var admitted = 0;
        foreach (var rules in Rules)
        {
            var narrowing = Narrowing.FromRules(rules);
            foreach (var task in Tasks)
            {
                var required = LabelSet.Split(task.Requires);
                var wrong = new List<string>();
                if (rules.Workers is { } workers && !workers.Any(worker => required.Contains($"worker:{worker}"))) wrong.Add("worker");
                if (rules.Labels is { } labels && !labels.All(required.Contains)) wrong.Add("labels");
                if (rules.Kinds is { } kinds && !kinds.Contains(task.Kind)) wrong.Add("kind");
                if (rules.LongestTimeout is { } longest && task.Timeout > longest) wrong.Add("timeout");

                Assert.Equal(wrong.Count == 0, narrowing?.Admits(task) ?? true);
                Assert.Equal(wrong, narrowing?.FindErrors(task).Select(error => error.Field) ?? []);
                if (wrong.Count == 0) admitted++;
            }
        }
        Assert.Equal((192, 72), (Rules.Length, Tasks.Length));
        Assert.InRange(admitted, 1, Rules.Length * Tasks.Length - 1);
    }

    [Fact]
    public void What_lies_within_another_one_admits_nothing_that_the_other_does_not_and_what_does_not_lie_within_it_does()
    {
        foreach (var outer in Rules.Select(Narrowing.FromRules))
        {
            foreach (var inner in Rules.Select(Narrowing.FromRules))
            {
                var more = Tasks.Where(task => (inner?.Admits(task) ?? true) && !(outer?.Admits(task) ?? true)).ToArray();
                if (Narrowing.IsWithin(inner, outer)) Assert.Empty(more);
                // In this world all names are in the list of two, and all but the longest tasks within the longer time.
                else if (outer!.ToView() is { Workers: not { Length: 2 }, Kinds: not { Length: 2 } }) Assert.NotEmpty(more);
            }
        }
    }

    [Fact]
    public void A_worker_is_seen_exactly_when_a_task_that_may_be_asked_for_could_run_on_it()
    {
        foreach (var narrowing in Rules.Select(Narrowing.FromRules).OfType<Narrowing>())
        {
            foreach (var name in Names)
            {
                foreach (var labels in Lists)
                {
                    foreach (var kinds in Lists)
                    {
                        var offers = LabelSet.FromLabels(
                            [$"worker:{name}", .. labels ?? [], .. (kinds ?? []).Select(kind => $"kind:{kind}")]);
                        var runs = Tasks.Any(task => narrowing.Admits(task) && LabelSet.Covers(offers, task.Requires));
                        // One that runs nothing at all is seen where no kinds are given: it may offer some later.
                        if (kinds is not null || narrowing.ToView().Kinds is not null) Assert.Equal(runs, narrowing.Admits(name, offers));
                    }
                }
            }
        }
    }
}
