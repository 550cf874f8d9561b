using OpenClaw.Grains.Ports;

namespace OpenClaw.Storage.Retention;

/// <summary>What has an end.</summary>
internal sealed record SweptTables(ITaskIndex Tasks, IAuditNotes Notes, IConversations Conversations, IKeptOutput Output);
