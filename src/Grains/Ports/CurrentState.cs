namespace OpenClaw.Grains.Ports;

/// <summary>
/// A small record that is asked for seldom enough to be read from the store for every answer: memory of it may be of before another
/// activation's write (a second cluster on the database, a silo that hung), and what is answered from it turns people away.
/// </summary>
internal sealed class CurrentState<T>(IPersistentState<T> state)
{
    private bool isAnswered;

    /// <summary>Brings the record up to date. The activation's own read came after its first call, which needs no second one.</summary>
    public Task EnsureCurrent()
    {
        if (isAnswered) return state.ReadStateAsync();
        isAnswered = true;
        return Task.CompletedTask;
    }
}

/// <summary>Writes of a grain's own record.</summary>
internal static class RecordWrites
{
    /// <summary>
    /// Adopts a record after its commit. When that fails its outcome is not known, and nothing in memory is used again:
    /// <paramref name="forget"/> ends the activation.
    /// </summary>
    public static async Task StoreOrForget<T>(this IPersistentState<T> state, T next, Action forget)
    {
        var before = state.State;
        state.State = next;
        try
        {
            await state.WriteStateAsync();
        }
        catch
        {
            state.State = before;
            forget();
            throw;
        }
    }
}
