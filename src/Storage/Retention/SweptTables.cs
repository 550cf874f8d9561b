using OpenClaw.Grains.Ports;

namespace OpenClaw.Storage.Retention;

/// <summary>The stores that the retention sweep deletes from.</summary>
internal sealed record SweptTables(ITaskIndex Tasks, IAuditNotes Notes, IConversations Conversations, IKeptOutput Output);
