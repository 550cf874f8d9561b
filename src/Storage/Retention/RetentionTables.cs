using OpenClaw.Grains.Ports;

namespace OpenClaw.Storage.Retention;

/// <summary>The stores that the retention sweep deletes from.</summary>
internal sealed record RetentionTables(ITaskIndex Tasks, IAuditNotes Notes, IAgentSessionRetention AgentSessions, IKeptOutput Output);
