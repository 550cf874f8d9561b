using System.Text.Json;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Signing;
using OpenClaw.Worker.Signing;

namespace OpenClaw.Worker.Tests.Signing;

/// <summary>The replay store.</summary>
public sealed class SignedUsesTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("openclaw-uses-");
    private readonly FakeTimeProvider clock = new(Noon);

    private string FilePath => Path.Combine(folder.FullName, "signed-uses");

    /// <summary>Against what ran: each attempt once, attempts grow, one task a statement, whatever is opened anew between.</summary>
    [Fact]
    public void Nothing_is_let_run_twice_however_the_store_is_opened_and_torn()
    {
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 2], Gen.Int[1, 4], Gen.Int[0, 5]).Array[1, 60].Sample(steps =>
        {
            File.Delete(FilePath);
            var ran = new Dictionary<int, (int Task, int Attempt)>();
            var store = new SignedUses(FilePath, clock, most: 20);
            foreach (var (id, task, attempt, what) in steps)
            {
                if (what == 0)
                {
                    store.Dispose();
                    // As a loss of power leaves it: half of a line that was not acted on.
                    if (File.Exists(FilePath)) File.AppendAllText(FilePath, "{\"Key\":\"k/0");
                    store = new SignedUses(FilePath, clock, most: 20);
                }
                var (proven, offer) = (Proven($"statement-number-{id}", 60), Attempt($"task-{task}", attempt));
                var mayRun = !ran.TryGetValue(id, out var last) || (last.Task == task && attempt > last.Attempt);
                if (store.FindObjection(proven, offer) is null != mayRun || store.MarkUsed(proven, offer) is null != mayRun) return false;
                if (mayRun) ran[id] = (task, attempt);
            }
            store.Dispose();
            return true;
        }, iter: 200, threads: 1);
    }

    [Fact]
    public void It_stays_small_and_what_was_dropped_is_never_new_again_whatever_the_clock_says()
    {
        using var store = new SignedUses(FilePath, clock, most: 50);
        for (var i = 0; i < 400; i++)
        {
            Assert.Null(store.MarkUsed(Proven($"statement-number-{i}", 10), Attempt($"task-{i}", 1)));
            clock.Advance(TimeSpan.FromMinutes(1));
        }
        Assert.InRange(File.ReadAllLines(FilePath).Length, 10, 60);
        clock.AdjustTime(Noon);
        for (var i = 0; i < 400; i++)
            Assert.NotNull(store.MarkUsed(Proven($"statement-number-{i}", 10, Noon.AddMinutes(i)), Attempt($"other-{i}", 1)));
    }

    [Theory]
    [InlineData("{}\n"), InlineData("x\n"), InlineData("null\n"), InlineData("{\"Key\":1}\n")]
    public void A_store_that_can_not_be_read_lets_nothing_run(string content)
    {
        File.WriteAllText(FilePath, content);
        using var store = new SignedUses(FilePath, clock);
        Assert.Equal(SignatureReasons.Store, store.MarkUsed(Proven("statement-number-1", 60), Attempt("task", 1))!.Rule);
        Assert.Equal(content, File.ReadAllText(FilePath));
    }

    [Fact]
    public void A_store_that_can_not_be_written_lets_nothing_run()
    {
        using var store = new SignedUses(Path.Combine(folder.FullName, "gone", "signed-uses"), clock);
        Assert.Equal(SignatureReasons.Store, store.MarkUsed(Proven("statement-number-1", 60), Attempt("task", 1))!.Rule);
    }

    public void Dispose() => folder.Delete(recursive: true);

    private ProvenStatement Proven(string id, int minutes, DateTimeOffset? from = null) => new("k", new TaskStatement
    {
        Id = id, Kind = "command", Payload = JsonElement.Parse("{}"), Timeout = 1, MaxAttempts = 9,
        ExpiresAt = (from ?? clock.GetUtcNow()).AddMinutes(minutes).ToUnixTimeMilliseconds(),
    });

    private static Offer Attempt(string task, int number) => new()
    {
        AttemptId = $"{task}.{number}", TaskId = task, Attempt = number, Kind = "command", Timeout = 1, KillGrace = 0,
    };
}
