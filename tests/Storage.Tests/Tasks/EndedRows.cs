using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Tasks;
using OpenClaw.Storage.Tasks;

namespace OpenClaw.Storage.Tests.Tasks;

/// <summary>Tasks that have ended, one in each minute, the last one two minutes before noon; counts what is read of them.</summary>
internal sealed class EndedRows(int count) : ITaskRows
{
    /// <summary>When they ended, the first one first.</summary>
    public List<DateTimeOffset> Times { get; } = [.. Enumerable.Range(0, count).Select(i => Sample.Noon.AddMinutes(i - count - 1))];

    public long Read { get; set; }

    /// <summary>So many times counting works, then no more.</summary>
    public int GoodReads { get; set; } = int.MaxValue;

    /// <summary>What happens while some are counted.</summary>
    public Action Counting { get; set; } = () => { };

    public ValueTask<TaskTally> CountEnded(DateTimeOffset from, DateTimeOffset until, CancellationToken cancellation)
    {
        Counting();
        if (GoodReads-- <= 0) throw new IOException("no");
        var found = Times.Count(time => time >= from && time < until);
        Read += found;
        return new(found == 0 ? [] : new TaskTally { [("default", TaskState.Succeeded)] = found });
    }

    public ValueTask<DateTimeOffset?> FindEndTime(DateTimeOffset after, int skip, CancellationToken cancellation) =>
        new(Times.Where(time => time > after).Skip(skip).Select(time => (DateTimeOffset?)time).FirstOrDefault());

    public ValueTask<IReadOnlyDictionary<TaskState, long>> CountUnended(string tenant, CancellationToken cancellation) =>
        new(new Dictionary<TaskState, long> { [TaskState.Queued] = 3 });

    public ValueTask<TaskRecord?> Find(Guid id) => throw new NotSupportedException();

    public ValueTask<bool> Insert(TaskRecord record) => throw new NotSupportedException();

    public ValueTask<RowWrite> Update(TaskRecord record, long expectedVersion) => throw new NotSupportedException();

    public ValueTask<bool> Delete(Guid id, long expectedVersion) => throw new NotSupportedException();
}
