using System.Collections.Concurrent;
using OpenClaw.Protocol.Payloads;

namespace OpenClaw.Worker.Execution.Agents;

/// <summary>
/// Which session of an agent that chooses its ids itself belongs to which id of the server's: a small file each, in the worker's home.
/// Written once, when the agent has said its id, and the same again when its output is replayed.
/// </summary>
internal sealed class SessionIdMap(string folder)
{
    private readonly ConcurrentDictionary<string, string> ownById = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> idByOwn = new(StringComparer.Ordinal);
    private readonly Lock loading = new();
    private bool loaded;

    /// <summary>The agent's id of a session; null: it has none yet.</summary>
    public string? FindOwnId(string id)
    {
        EnsureLoaded();
        return ownById.GetValueOrDefault(id);
    }

    /// <summary>The id clients know: the server's where there is one, else the agent's.</summary>
    public string GetClientId(string own)
    {
        EnsureLoaded();
        return idByOwn.GetValueOrDefault(own, own);
    }

    /// <summary>Keeps the pair. When the disk refuses, it holds until the daemon ends.</summary>
    public void SavePair(string id, string own)
    {
        EnsureLoaded();
        if (!AgentPayload.IsWholeSessionId(id) || own.Length is 0 or > 200 || !ownById.TryAdd(id, own)) return;
        idByOwn[own] = id;
        try
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, id + ".new"), own);
            File.Move(Path.Combine(folder, id + ".new"), Path.Combine(folder, id), overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The next turn of this daemon finds it; one of the next daemon begins the session anew.
        }
    }

    private void EnsureLoaded()
    {
        lock (loading)
        {
            if (loaded) return;
            loaded = true;
            try
            {
                if (!Directory.Exists(folder)) return;
                foreach (var file in Directory.EnumerateFiles(folder).Where(file => AgentPayload.IsWholeSessionId(Path.GetFileName(file))))
                {
                    var (id, own) = (Path.GetFileName(file), File.ReadAllText(file));
                    ownById[id] = own;
                    idByOwn[own] = id;
                }
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // What can't be read is as if it had never been.
            }
        }
    }
}
