namespace OpenClaw.Worker.Processes.Supervision;

/// <summary>Where the daemon notes which supervisor serves which attempt, so that the next daemon finds it.</summary>
internal interface ISpawnJournal
{
    /// <summary>On its way to disk when it returns; false: it could not be written.</summary>
    bool RecordSpawn(string attemptId, SpawnNote spawn);

    /// <summary>True while the attempt has no end in the journal.</summary>
    bool IsOpen(string attemptId);
}

/// <summary>The process of an attempt's run: the program itself or, when <paramref name="Supervised"/>, its supervisor.</summary>
internal sealed record SpawnNote(int Run, ProcessIdentity Process, bool Supervised);
