using System.Text.Json;
using Orleans.Storage;

namespace OpenClaw.Storage.Sqlite.Values;

/// <summary>
/// The default grain storage: small records as JSON under the state's name and the grain's key, both exactly as they are.
/// The grain's type is not part of it: state names are unique, keys carry a prefix.
/// </summary>
internal sealed class ValueStorage(SqliteStore store) : IGrainStorage
{
    private const string Find = "SELECT json, etag FROM stored_values WHERE name = ?1 AND key = ?2";

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        using var reader = await store.Readers.Rent(CancellationToken.None).ConfigureAwait(false);
        using var find = reader.Database.GetStatement(Find);
        if (find.Add(stateName).Add(FormatKey(grainId)).Step())
        {
            grainState.State = JsonSerializer.Deserialize<T>(find.GetBlob(0))!;
            grainState.ETag = find.GetText(1);
            grainState.RecordExists = true;
        }
        else
        {
            SetMissing(grainState);
        }
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var etag = Guid.NewGuid().ToString("N");
        var json = JsonSerializer.SerializeToUtf8Bytes(grainState.State);
        var write = new WriteValue(stateName, FormatKey(grainId), json, grainState.ETag, etag);
        if (!await store.Write(write).ConfigureAwait(false)) throw CreateConflict(stateName, grainId, grainState.ETag);
        grainState.ETag = etag;
        grainState.RecordExists = true;
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (grainState.ETag is { } etag && !await store.Write(new DeleteValue(stateName, FormatKey(grainId), etag)).ConfigureAwait(false))
        {
            throw CreateConflict(stateName, grainId, etag);
        }
        SetMissing(grainState);
    }

    private static string FormatKey(GrainId grainId) => grainId.Key.ToString()!;

    private static void SetMissing<T>(IGrainState<T> state)
    {
        state.State = Activator.CreateInstance<T>();
        state.ETag = null;
        state.RecordExists = false;
    }

    private static InconsistentStateException CreateConflict(string name, GrainId grainId, string? etag) =>
        new($"The state {name} of {grainId} was changed by somebody else.", "unknown", etag ?? "none");
}
