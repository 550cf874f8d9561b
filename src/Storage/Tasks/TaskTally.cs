using OpenClaw.GrainInterfaces.Tasks;

namespace OpenClaw.Storage.Tasks;

/// <summary>How many tasks of which tenant are in which state; a pair that is missing has none.</summary>
internal sealed class TaskTally : Dictionary<(string Tenant, TaskState State), long>;
