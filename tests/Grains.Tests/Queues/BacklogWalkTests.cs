using CsCheck;

namespace OpenClaw.Grains.Tests.Queues;

/// <summary>
/// Random lives of a queue beside a table that knows the truth. By hand as many as you like, on all cores:
/// <c>CsCheck_Iter=100000 dotnet test tests/Grains.Tests -c Release --filter BacklogWalkTests</c>.
/// </summary>
public sealed class BacklogWalkTests
{
    private static readonly string[] Tokens = ["flood", "other", "third"];
    private const string Everything = "gpu,kind:command,worker:studio";
    private static readonly string[] Requires =
        ["kind:command", "gpu,kind:command", "kind:command,worker:studio", "kind:command,worker:attic"];
    private static readonly string[] Offers =
        [Everything, "kind:command,worker:attic", "gpu,kind:command,worker:attic", "kind:claude-cli,worker:attic"];

    /// <summary>Lives a test walks; -1: as many as <c>CsCheck_Iter</c> says.</summary>
    private static readonly long Walks = Environment.GetEnvironmentVariable("CsCheck_Iter") is null ? 500 : -1;

    private static readonly Gen<(int Size, int ReloadAt)> Windows = Gen.Select(Gen.Int[1, 20], Gen.Int[0, 5]);

    private static readonly Gen<(int What, int A, int B, bool Notified)[]> Lives =
        Gen.Select(Gen.Int[0, 19], Gen.Int[0, 1000], Gen.Int[0, 1000], Gen.Bool).Array[1, 250];

    [Fact]
    public void Keys_are_exclusive_and_in_order_whatever_else_they_require() => Lives.Sample(
        life =>
        {
            var model = new BacklogModel(window: 1000);
            foreach (var (what, a, b, _) in life) Do(model, what, a, b, notified: true, exact: true);
        },
        iter: Walks);

    [Fact]
    public void A_window_hands_out_in_the_order_of_the_whole_table() => Lives.Sample(
        life =>
        {
            var model = new BacklogModel(window: 8);
            foreach (var (what, a, b, _) in life) Do(model, what, what < 8 ? (a * 3) + 1 : a, b, notified: true, exact: true);
        },
        iter: Walks);

    [Fact]
    public void A_window_of_any_size_keeps_the_order_of_tasks_and_of_keys() => Gen.Select(Windows, Lives).Sample(
        (window, life) =>
        {
            var model = new BacklogModel(window.Size, window.ReloadAt);
            foreach (var (what, a, b, _) in life) Do(model, what, a, b, notified: true, exact: true);
        },
        iter: Walks);

    [Fact]
    public void Messages_that_were_lost_change_no_order_once_offers_are_over_and_the_table_was_looked_at() =>
        Gen.Select(Windows, Lives).Sample(
        (window, life) =>
        {
            var model = new BacklogModel(window.Size, window.ReloadAt, lossy: true);
            foreach (var (what, a, b, notified) in life.Take(life.Length / 2)) Do(model, what, a, b, notified, exact: false);
            // An offer that is beyond a window may be of a task that started unheard; it ends by itself. Two looks: the first finds that
            // what was offered is in the table no more, the second that its key is not held either.
            model.Pass(BacklogModel.OfferLife.TotalSeconds);
            model.Look();
            model.Look();
            foreach (var (what, a, b, _) in life.Skip(life.Length / 2)) Do(model, what, a, b, notified: true, exact: true);
        },
        iter: Walks);

    [Fact]
    public void Whatever_messages_were_lost_a_look_at_the_table_brings_every_task_to_a_worker() => Lives.Sample(
        life =>
        {
            var model = new BacklogModel(window: 8, lossy: true);
            foreach (var (what, a, b, notified) in life) Do(model, what, a, b, notified, exact: false);
            Drain(model);
            Assert.Empty(model.Queued);
            Assert.Empty(model.Running);
        },
        iter: Walks);

    [Fact]
    public void A_drained_queue_remembers_nothing() => Lives.Sample(
        life =>
        {
            var model = new BacklogModel(window: 8, lossy: true);
            foreach (var (what, a, b, notified) in life) Do(model, what, a, b, notified, exact: false);
            Drain(model);
            model.Pass(60);
            model.Look();
            Assert.False(model.Backlog.HasKeys);
        },
        iter: Walks);

    private static void Do(BacklogModel model, int what, int a, int b, bool notified, bool exact)
    {
        switch (what)
        {
            case < 8:
                // Within one key the order is that of arrival; a priority of its own would leave open which order is meant.
                var key = a % 3 == 0 ? $"key{b % 3}" : null;
                // Most are one token's.
                var token = Tokens[a % 5 < Tokens.Length ? a % 5 : 0];
                model.Submit(Requires[b % Requires.Length], key is null ? a % 2 : 0, key, notified, token);
                break;
            case < 13:
                var worker = a % Offers.Length;
                var labels = Offers[worker];
                var best = exact ? model.Best(labels) : null;
                var got = model.Poll(labels.Contains("studio", StringComparison.Ordinal) ? "studio" : "attic", labels);
                if (exact && best != got) Assert.Fail($"{labels}: best {best}, got {got}: {model.Describe()}");
                break;
            case < 16:
                if (Pick(model.Offers.Keys, a) is { } offered) model.Start(offered, notified);
                break;
            case 16:
                if (Pick(model.Offers.Keys, a) is { } returned) model.Return(returned);
                break;
            case 17:
                if (Pick(model.Running.Keys, a) is { } running) model.Finish(running, notified);
                break;
            case 18:
                if (a % 3 == 0 && Pick(model.Queued.Keys, b) is { } cancelled) model.Cancel(cancelled, notified);
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
            foreach (var running in model.Running.Keys.ToList()) model.Finish(running, notified: round % 2 == 0);
            foreach (var labels in new[] { Everything, Offers[2] })
            {
                var worker = labels == Everything ? "studio" : "attic";
                while (model.Poll(worker, labels) is { } task) model.Start(task, notified: round % 3 == 0);
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
