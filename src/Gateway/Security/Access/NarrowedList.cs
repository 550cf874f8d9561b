using OpenClaw.GrainInterfaces.Tasks;

namespace OpenClaw.Gateway.Security.Access;

/// <summary>
/// The list of tasks for a token that sees some of them: the tenant's, without the others. A page may be short, or empty, and have a next
/// one: so many rows are read for it, and no more.
/// </summary>
internal static class NarrowedList
{
    internal const int MostRows = 5_000;
    private const int Batch = 500;

    public static async ValueTask<TaskPage> ReadPage(ITaskList tasks, TaskQuery query, Caller caller, CancellationToken cancellation)
    {
        var found = new List<TaskSnapshot>();
        var at = query.Cursor;
        DateTimeOffset? last = null;
        for (var rows = 0; ;)
        {
            var page = await tasks.ReadPage(query with { Cursor = at, Limit = Batch }, cancellation);
            foreach (var task in page.Tasks)
            {
                // Only where a new moment begins: the place of the next page is then a time, and tells of no task that is not seen.
                if (rows >= MostRows && task.CreatedAt != last) return new(found, new TaskCursor(last!.Value, Guid.Empty));
                (rows, last) = (rows + 1, task.CreatedAt);
                if (!caller.Sees(task.Spec)) continue;
                if (found.Count == query.Limit) return new(found, new TaskCursor(found[^1].CreatedAt, found[^1].Id));
                found.Add(task);
            }
            if (page.Next is not { } next) return new(found, null);
            at = next;
        }
    }
}
