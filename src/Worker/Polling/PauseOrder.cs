using System.Globalization;
using OpenClaw.Worker.Attempts;
using OpenClaw.Worker.Identity;

namespace OpenClaw.Worker.Polling;

/// <summary>
/// The owner's order to take no new work, until a time or until <c>resume</c>. In a file, so that it outlives the daemon; a file that can't
/// be read pauses, because somebody wanted that.
/// </summary>
internal sealed class PauseOrder
{
    private const string Forever = "until resumed";
    private readonly string path;
    private readonly TimeProvider clock;
    private readonly Lock gate = new();
    private bool paused;
    private DateTimeOffset? until;
    private DateTimeOffset since;

    public PauseOrder(string path, TimeProvider clock)
    {
        (this.path, this.clock) = (path, clock);
        LoadFile();
    }

    /// <summary>Called when it began or ended by an order; not when its time is over.</summary>
    public event Action? Changed;

    /// <summary>How long no work is to be asked for; null: it is.</summary>
    public TimeSpan? Left
    {
        get
        {
            lock (gate)
                return !paused ? null
                    : until is not { } end ? TimeSpan.MaxValue : end - clock.GetUtcNow() is var left && left > TimeSpan.Zero ? left : null;
        }
    }

    /// <summary>When the order was given, by the wall clock; null: not paused.</summary>
    public DateTimeOffset? Since
    {
        get
        {
            if (Left is null) return null;
            lock (gate)
                return since;
        }
    }

    /// <summary>When it ends, by the wall clock; null: not paused, or until it is resumed.</summary>
    public DateTimeOffset? Until
    {
        get
        {
            if (Left is null) return null;
            lock (gate)
                return until is { } end ? HomeClock.ToWallTime(clock, end) : null;
        }
    }

    /// <summary>For people; null: not paused.</summary>
    public string? Sentence
    {
        get
        {
            if (Left is null) return null;
            lock (gate)
                return until is { } end
                    ? HomeClock.ToWallTime(clock, end).UtcDateTime.ToString("'until 'yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)
                        : Forever;
        }
    }

    /// <summary>Null: until it is resumed. Throws IOException when it can't be kept.</summary>
    public void Pause(TimeSpan? time)
    {
        DateTimeOffset? end = time is { } some ? clock.GetUtcNow() + some : null;
        DurableFile.Write(path,
            System.Text.Encoding.ASCII.GetBytes(end?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture) ?? Forever));
        lock (gate)
            (paused, until, since) = (true, end, HomeClock.ToWallTime(clock, clock.GetUtcNow()));
        Changed?.Invoke();
    }

    /// <summary>False: it was not paused.</summary>
    public bool Resume()
    {
        var was = Left is not null;
        File.Delete(path);
        lock (gate)
            (paused, until) = (false, null);
        Changed?.Invoke();
        return was;
    }

    private void LoadFile()
    {
        since = HomeClock.ToWallTime(clock, clock.GetUtcNow());
        try
        {
            if (!File.Exists(path)) return;
            paused = true;
            since = File.GetLastWriteTimeUtc(path);
            until = DateTimeOffset.TryParse(File.ReadAllText(path), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var end)
                ? end : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            paused = true;
        }
    }
}
