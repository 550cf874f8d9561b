namespace OpenClaw.Storage.Sqlite.Audit;

/// <summary>
/// Numbers that rows had are given to no others, also after the last row is deleted: the audit's chains name rows by them.
/// </summary>
internal static class LastNumbers
{
    /// <summary>The number of the next task.</summary>
    public const string NextTask =
        "(SELECT max(number, coalesce((SELECT max(seq) FROM tasks), 0)) + 1 FROM last_numbers WHERE what = 'tasks')";

    /// <summary>The number of the next note.</summary>
    public const string NextNote =
        "(SELECT max(number, coalesce((SELECT max(seq) FROM audit_notes), 0)) + 1 FROM last_numbers WHERE what = 'notes')";

    /// <summary>The task with this number is gone.</summary>
    public const string KeepTask = "UPDATE last_numbers SET number = ?1 WHERE what = 'tasks' AND number < ?1";

    /// <summary>Notes will go.</summary>
    public const string KeepNotes =
        """
        UPDATE last_numbers SET number = max(number, coalesce((SELECT max(seq) FROM audit_notes), 0)) WHERE what = 'notes'
        """;
}
