using OpenClaw.GrainInterfaces.Tasks;

namespace OpenClaw.Grains.Tests.Exploration;

/// <summary>
/// Everything there is at one moment: the stored row, two activations of its grain, a daemon, a client, calls that are still on their
/// way. Records, triggers and daemons are numbers of <see cref="Interned{T}"/>; times are seconds.
/// </summary>
internal readonly record struct World(
    int Row, Activation One, Activation Two, int Daemon, short Now, byte Faults, int Lingering, int AlsoLingering, ClientKnows Client)
{
    public const int Nothing = -1;

    public Activation this[int activation] => activation == 0 ? One : Two;

    public World With(int activation, Activation next) => activation == 0 ? this with { One = next } : this with { Two = next };

    /// <summary>The same world whichever activation is called the first, and whichever call set out earlier.</summary>
    public World Canonical()
    {
        var world = One.CompareTo(Two) > 0 ? this with { One = Two, Two = One } : this;
        return world.Lingering < world.AlsoLingering
            ? world with { Lingering = world.AlsoLingering, AlsoLingering = world.Lingering } : world;
    }
}

/// <summary>What one activation remembers.</summary>
/// <param name="Record">Its record; <see cref="Unloaded"/>, or <see cref="World.Nothing"/>: it read that there is none.</param>
/// <param name="Contact">When it last knew its record to be the stored one; long ago is <see cref="World.Nothing"/>.</param>
/// <param name="LastSign">When it last heard of the holder: start, heartbeat, or its own reading of the row.</param>
/// <param name="GoneBy">When the cluster has noticed at the latest that it is one too many.</param>
internal readonly record struct Activation(int Record, short Contact, short LastSign, short GoneBy) : IComparable<Activation>
{
    public const int Unloaded = -2;

    public static Activation None => new(Unloaded, World.Nothing, World.Nothing, World.Nothing);

    public bool IsLoaded => Record != Unloaded;

    public int CompareTo(Activation other) =>
        (Record, Contact, LastSign, GoneBy).CompareTo((other.Record, other.Contact, other.LastSign, other.GoneBy));
}

/// <summary>What the client was answered.</summary>
[Flags]
internal enum ClientKnows : byte
{
    Nothing = 0,
    Accepted = 1,
    /// <summary>Its cancel was answered: it never began, and never will.</summary>
    CancelledBeforeStart = 2,
}

internal enum Phase : byte
{
    None = 0,
    /// <summary>Journalled; it may ask to start.</summary>
    Offered,
    /// <summary>Asked; the yes is on its way.</summary>
    Allowed,
    Running,
    /// <summary>Told to end, within killGrace.</summary>
    Stopping,
    /// <summary>It has ended; its result is in the spool.</summary>
    Ended,
    /// <summary>Nothing comes of it any more.</summary>
    Over,
}

/// <summary>An attempt as the daemon knows it.</summary>
/// <param name="Phase">Where it is.</param>
/// <param name="Since">When it was asked for, or told to stop.</param>
/// <param name="Spawned">When its program was started; <see cref="World.Nothing"/>: never.</param>
/// <param name="Renewed">When the heartbeat, or the start, was sent that was answered last.</param>
/// <param name="Kind">What is, or will be, reported.</param>
/// <param name="Acknowledged">The report was answered with a yes.</param>
internal readonly record struct Slot(Phase Phase, short Since, short Spawned, short Renewed, OutcomeKind Kind, bool Acknowledged)
{
    public static Slot Empty => new(Phase.None, World.Nothing, World.Nothing, World.Nothing, OutcomeKind.None, false);

    public bool HasProcess => Phase is Phase.Running or Phase.Stopping;

    public bool EverSpawned => Spawned >= 0;
}

/// <summary>The daemon. It holds its attempts by number; while it opens a session it does nothing else.</summary>
internal readonly record struct Daemon(byte Epoch, bool Opening, Slot First, Slot Second)
{
    public Slot this[int attempt] => attempt == 1 ? First : Second;

    public Daemon With(int attempt, Slot slot) => attempt == 1 ? this with { First = slot } : this with { Second = slot };
}
