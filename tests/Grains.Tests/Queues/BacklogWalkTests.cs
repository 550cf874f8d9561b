using CsCheck;

namespace OpenClaw.Grains.Tests.Queues;

/// <summary>Random lives of a queue beside a table that knows the truth.</summary>
public sealed class BacklogWalkTests
{
    private const string Everything = "gpu,kind:command,worker:studio";
    private static readonly string[] Requires =
        ["kind:command", "gpu,kind:command", "kind:command,worker:studio", "kind:command,worker:attic"];
    private static readonly string[] Offers =
        [Everything, "kind:command,worker:attic", "gpu,kind:command,worker:attic", "kind:claude-cli,worker:attic"];

    private static readonly Gen<(int What, int A, int B, bool Told)[]> Lives =
        Gen.Select(Gen.Int[0, 19], Gen.Int[0, 1000], Gen.Int[0, 1000], Gen.Bool).Array[1, 250];

    [Fact]
    public void Keys_are_exclusive_and_in_order_whatever_else_they_require() => Lives.Sample(
        life =>
        {
            var model = new BacklogModel(window: 1000);
            foreach (var (what, a, b, _) in life) Do(model, what, a, b, told: true, exact: true);
        },
        iter: 1500);

    [Fact]
    public void A_window_hands_out_in_the_order_of_the_whole_table() => Lives.Sample(
        life =>
        {
            var model = new BacklogModel(window: 8);
            foreach (var (what, a, b, _) in life) Do(model, what, what < 8 ? (a * 3) + 1 : a, b, told: true, exact: true);
        },
        iter: 1500);

    [Fact]
    public void Whatever_messages_were_lost_a_look_at_the_table_brings_every_task_to_a_worker() => Lives.Sample(
        life =>
        {
            var model = new BacklogModel(window: 8, lossy: true);
            foreach (var (what, a, b, told) in life) Do(model, what, a, b, told, exact: false);
            Drain(model);
            Assert.Empty(model.Queued);
            Assert.Empty(model.Running);
        },
        iter: 1500);

    [Fact]
    public void A_drained_queue_remembers_nothing() => Lives.Sample(
        life =>
        {
            var model = new BacklogModel(window: 8, lossy: true);
            foreach (var (what, a, b, told) in life) Do(model, what, a, b, told, exact: false);
            Drain(model);
            model.Pass(60);
            model.Look();
            Assert.False(model.Backlog.HasKeys);
        },
        iter: 500);

    private static void Do(BacklogModel model, int what, int a, int b, bool told, bool exact)
    {
        switch (what)
        {
            case < 8:
                // Within one key the order is that of arrival; a priority of its own would leave open which order is meant.
                var key = a % 3 == 0 ? $"key{b % 3}" : null;
                model.Submit(Requires[b % Requires.Length], key is null ? a % 2 : 0, key, told);
                break;
            case < 13:
                var worker = a % Offers.Length;
                var labels = Offers[worker];
                var best = exact ? model.Best(labels) : null;
                var got = model.Poll(labels.Contains("studio", StringComparison.Ordinal) ? "studio" : "attic", labels);
                if (exact && best != got) Assert.Fail($"{labels}: best {best}, got {got}: {model.Describe()}");
                break;
            case < 16:
                if (Pick(model.Offers.Keys, a) is { } offered) model.Start(offered, told);
                break;
            case 16:
                if (Pick(model.Offers.Keys, a) is { } returned) model.Return(returned);
                break;
            case 17:
                if (Pick(model.Running.Keys, a) is { } running) model.Finish(running, told);
                break;
            case 18:
                if (a % 3 == 0 && Pick(model.Queued.Keys, b) is { } cancelled) model.Cancel(cancelled, told);
                else model.Pass(a % 30);
                break;
            default:
                model.Look();
                break;
        }
    }

    private static void Drain(BacklogModel model)
    {
        for (var round = 0; round < 2000 && (model.Queued.Count > 0 || model.Running.Count > 0); round++)
        {
            model.Look();
            foreach (var running in model.Running.Keys.ToList()) model.Finish(running, told: round % 2 == 0);
            foreach (var labels in new[] { Everything, Offers[2] })
            {
                var worker = labels == Everything ? "studio" : "attic";
                while (model.Poll(worker, labels) is { } task) model.Start(task, told: round % 3 == 0);
            }
            model.Pass(5);
        }
    }

    private static Guid? Pick(IEnumerable<Guid> from, int index)
    {
        var all = from.Order().ToList();
        return all.Count == 0 ? null : all[index % all.Count];
    }
}
