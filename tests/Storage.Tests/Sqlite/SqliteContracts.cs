using OpenClaw.Storage.Tests.Audit;
using OpenClaw.Storage.Tests.Output;
using OpenClaw.Storage.Tests.Reminders;
using OpenClaw.Storage.Tests.Retention;
using OpenClaw.Storage.Tests.Tasks;
using OpenClaw.Storage.Tests.Values;
using OpenClaw.Storage.Tests.Webhooks;

namespace OpenClaw.Storage.Tests.Sqlite;

// Every contract, on SQLite. Another back end adds a file like this one.

public sealed class SqliteTaskStorageTests : TaskStorageContract
{
    protected override Task<IStoreFixture> Open(Action<StorageOptions>? configure) => SqliteFixture.Open(configure);
}

public sealed class SqliteTaskIndexTests : TaskIndexContract
{
    protected override Task<IStoreFixture> Open(Action<StorageOptions>? configure) => SqliteFixture.Open(configure);
}

public sealed class SqliteRunningLimitsTests : RunningLimitsContract
{
    protected override Task<IStoreFixture> Open(Action<StorageOptions>? configure) => SqliteFixture.Open(configure);
}

public sealed class SqliteTaskListTests : TaskListContract
{
    protected override Task<IStoreFixture> Open(Action<StorageOptions>? configure) => SqliteFixture.Open(configure);
}

public sealed class SqliteEndOutputTests : EndOutputContract
{
    protected override Task<IStoreFixture> Open(Action<StorageOptions>? configure) => SqliteFixture.Open(configure);
}

public sealed class SqliteOutputLogTests : OutputLogContract
{
    protected override Task<IStoreFixture> Open(Action<StorageOptions>? configure) => SqliteFixture.Open(configure);
}

public sealed class SqliteAuditTrailTests : AuditTrailContract
{
    protected override Task<IStoreFixture> Open(Action<StorageOptions>? configure) => SqliteFixture.Open(configure);
}

public sealed class SqliteAuditChainTests : AuditChainContract
{
    protected override Task<IStoreFixture> Open(Action<StorageOptions>? configure) => SqliteFixture.Open(configure);
}

public sealed class SqliteReminderTableTests : ReminderTableContract
{
    protected override Task<IStoreFixture> Open(Action<StorageOptions>? configure) => SqliteFixture.Open(configure);
}

public sealed class SqliteValueStorageTests : ValueStorageContract
{
    protected override Task<IStoreFixture> Open(Action<StorageOptions>? configure) => SqliteFixture.Open(configure);
}

public sealed class SqliteRetentionTests : RetentionContract
{
    protected override Task<IStoreFixture> Open(Action<StorageOptions>? configure) => SqliteFixture.Open(configure);
}

public sealed class SqliteWebhookOutboxTests : WebhookOutboxContract
{
    protected override Task<IStoreFixture> Open(Action<StorageOptions>? configure) => SqliteFixture.Open(configure);
}
