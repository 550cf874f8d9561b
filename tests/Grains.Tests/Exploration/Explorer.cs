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
    private readonly Setting _setting;
    private readonly StepMemory _steps;
    private readonly Interned<Daemon> _daemons = new();
    private readonly Moves _moves;
    private readonly List<World> _worlds = [];
    private readonly List<int> _from = [];
    private readonly HashSet<World> _known = [];

    private Explorer(Setting setting)
    {
        _setting = setting;
        _steps = new StepMemory(setting);
        _moves = new Moves(setting, _steps, _daemons);
    }

    public static Explored Explore(Setting setting) => new Explorer(setting).Go();

    private Explored Go()
    {
        Discover(_setting.Opening.Aggregate(_moves.Beginning, (world, what) => _moves.From(world).First(move => move.What == what).Next),
            World.Nothing);
        var (widths, steps, begin) = (new List<int> { 1 }, 0L, 0);
        for (var depth = 1; depth <= _setting.Depth && begin < _worlds.Count; depth++)
        {
            var end = _worlds.Count;
            for (; begin < end; begin++)
            {
                try
                {
                    foreach (var move in _moves.From(_worlds[begin]))
                    {
                        steps++;
                        if (Discover(move.Next, begin)) _moves.Check(move.Next);
                    }
                }
                catch (BrokenPromise broken)
                {
                    var making = _moves.Making;
                    return new(_worlds.Count, steps, widths, $"{broken.Message}\n{Way(begin)}  {making}");
                }
            }
            widths.Add(_worlds.Count - end);
        }
        return new(_worlds.Count, steps, widths, null);
    }

    private bool Discover(World world, int from)
    {
        if (!_known.Add(world)) return false;
        _worlds.Add(world);
        _from.Add(from);
        return true;
    }

    /// <summary>The moves to a world, found again by making all of each world's.</summary>
    private string Way(int to)
    {
        var text = new StringBuilder();
        var way = new List<int>();
        for (var at = to; at >= 0; at = _from[at]) way.Insert(0, at);
        foreach (var (from, next) in way.Zip(way.Skip(1)))
        {
            var move = _moves.From(_worlds[from]).First(m => m.Next == _worlds[next]);
            text.AppendLine($"  {Said(move)}");
        }
        return text.AppendLine($"  {Shown(_worlds[to])}").ToString();
    }

    private string Said(Move move) => $"{move.What} {move.About} on {move.On}: {Shown(move.Next)}";

    private string Shown(World world)
    {
        var daemon = _daemons[world.Daemon];
        return $"at {world.Now} s row {Shown(world.Row)}, memories {Shown(world.One.Record)} {Shown(world.Two.Record)}, "
            + $"session {daemon.Epoch}, attempts {daemon.First.Phase} {daemon.Second.Phase}";
    }

    private string Shown(int record) => record switch
    {
        Activation.Unloaded => "-",
        World.Nothing => "none",
        _ => $"{_steps.Records[record].State}/{_steps.Records[record].Attempt}/v{_steps.Records[record].Version}",
    };
}
