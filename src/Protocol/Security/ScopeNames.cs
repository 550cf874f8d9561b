namespace OpenClaw.Protocol.Security;

/// <summary>What a token may do, by name. A 403 says which one was missing.</summary>
public static class ScopeNames
{
    /// <summary>Submit tasks.</summary>
    public const string SubmitTasks = "tasks:submit";
    /// <summary>Read tasks: their states, and with <see cref="ReadPayloads"/> what is in them.</summary>
    public const string ReadTasks = "tasks:read";
    /// <summary>Ask for the end of tasks.</summary>
    public const string CancelTasks = "tasks:cancel";
    /// <summary>Say yes or no to tasks that wait for it.</summary>
    public const string ApproveTasks = "tasks:approve";
    /// <summary>See output, errors in the worker's words, tags, topics of conversations.</summary>
    public const string ReadPayloads = "tasks:payload";
    /// <summary>Submit turns of agents.</summary>
    public const string RunAgents = "agents:run";
    /// <summary>Make and change schedules.</summary>
    public const string WriteSchedules = "schedules:write";
    /// <summary>See workers.</summary>
    public const string ReadWorkers = "workers:read";
    /// <summary>Give workers no new tasks, and give them some again.</summary>
    public const string DrainWorkers = "workers:drain";
    /// <summary>Let workers in: make their tokens.</summary>
    public const string EnrolWorkers = "workers:enrol";
    /// <summary>Read the audit trail.</summary>
    public const string ReadAudit = "audit:read";
    /// <summary>Make, change and revoke tokens.</summary>
    public const string AdministerTokens = "tokens:admin";
    /// <summary>Make tenants, and say whose tokens are let in: of administrators of the server's first tenant.</summary>
    public const string AdministerTenants = "tenants:admin";
    /// <summary>Post messages to a chat channel.</summary>
    public const string Notify = "notify";
    /// <summary>See the dashboard of the server.</summary>
    public const string SeeDashboard = "dashboard";
    /// <summary>Become a worker, once: of join tokens alone.</summary>
    public const string Join = "join";
    /// <summary>Take work, as a worker does.</summary>
    public const string Work = "worker";
}
