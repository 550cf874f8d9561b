using System.Text;

namespace OpenClaw.Grains.Tests.Exploration;

/// <summary>What an exploration found.</summary>
/// <param name="Worlds">Different worlds.</param>
/// <param name="Steps">Moves between them.</param>
/// <param name="Widths">New worlds at each depth.</param>
/// <param name="Broken">The shortest way to a promise that does not hold; null: all hold.</param>
internal sealed record Explored(int Worlds, long Steps, IReadOnlyList<int> Widths, string? Broken)
{
    public override string ToString() => $"{Worlds} worlds, {Steps} steps, new at each depth: {string.Join(' ', Widths)}";
}

/// <summary>Breadth first, so that the first way found is a shortest one. Every different world is looked at once.</summary>
internal sealed class Explorer
{
    private readonly Setting setting;
    private readonly StepMemory steps;
    private readonly Interned<Daemon> daemons = new();
    private readonly Moves moves;
    private readonly List<World> worlds = [];
    private readonly List<int> from = [];
    private readonly HashSet<World> known = [];

    private Explorer(Setting setting)
    {
        this.setting = setting;
        this.steps = new StepMemory(setting);
        moves = new Moves(setting, this.steps, daemons);
    }

    public static Explored Explore(Setting setting) => new Explorer(setting).Go();

    private Explored Go()
    {
        Discover(this.setting.Opening.Aggregate(moves.Beginning, (world, what) => moves.From(world).First(move => move.What == what).Next),
            World.Nothing);
        var (widths, steps, begin) = (new List<int> { 1 }, 0L, 0);
        for (var depth = 1; depth <= this.setting.Depth && begin < worlds.Count; depth++)
        {
            var end = worlds.Count;
            for (; begin < end; begin++)
            {
                try
                {
                    foreach (var move in moves.From(worlds[begin]))
                    {
                        steps++;
                        if (Discover(move.Next, begin)) moves.Check(move.Next);
                    }
                }
                catch (BrokenPromise broken)
                {
                    var making = moves.Making;
                    return new(worlds.Count, steps, widths, $"{broken.Message}\n{Way(begin)}  {making}");
                }
            }
            widths.Add(worlds.Count - end);
        }
        return new(worlds.Count, steps, widths, null);
    }

    private bool Discover(World world, int from)
    {
        if (!known.Add(world)) return false;
        worlds.Add(world);
        this.from.Add(from);
        return true;
    }

    /// <summary>The moves to a world, found again by making all of each world's.</summary>
    private string Way(int to)
    {
        var text = new StringBuilder();
        var way = new List<int>();
        for (var at = to; at >= 0; at = this.from[at]) way.Insert(0, at);
        foreach (var (from, next) in way.Zip(way.Skip(1)))
        {
            var move = moves.From(worlds[from]).First(m => m.Next == worlds[next]);
            text.AppendLine($"  {Said(move)}");
        }
        return text.AppendLine($"  {Shown(worlds[to])}").ToString();
    }

    private string Said(Move move) => $"{move.What} {move.About} on {move.On}: {Shown(move.Next)}";

    private string Shown(World world)
    {
        var daemon = daemons[world.Daemon];
        return $"at {world.Now} s row {Shown(world.Row)}, memories {Shown(world.One.Record)} {Shown(world.Two.Record)}, "
            + $"session {daemon.Epoch}, attempts {daemon.First.Phase} {daemon.Second.Phase}";
    }

    private string Shown(int record) => record switch
    {
        Activation.Unloaded => "-",
        World.Nothing => "none",
        _ => $"{this.steps.Records[record].State}/{this.steps.Records[record].Attempt}/v{this.steps.Records[record].Version}",
    };
}
