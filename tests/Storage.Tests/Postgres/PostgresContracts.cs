using OpenClaw.Storage.Tests.Audit;
using OpenClaw.Storage.Tests.Output;
using OpenClaw.Storage.Tests.Retention;
using OpenClaw.Storage.Tests.Tasks;
using OpenClaw.Storage.Tests.Webhooks;

namespace OpenClaw.Storage.Tests.Postgres;

// Every contract, on PostgreSQL.

public sealed class PostgresTaskStorageTests : TaskStorageContract
{
    protected override Task<IStoreFixture> Open(Action<StorageOptions>? configure) => PostgresFixture.Open(configure);
}

public sealed class PostgresTaskIndexTests : TaskIndexContract
{
    protected override Task<IStoreFixture> Open(Action<StorageOptions>? configure) => PostgresFixture.Open(configure);
}

public sealed class PostgresRunningLimitsTests : RunningLimitsContract
{
    protected override Task<IStoreFixture> Open(Action<StorageOptions>? configure) => PostgresFixture.Open(configure);
}

public sealed class PostgresTaskListTests : TaskListContract
{
    protected override Task<IStoreFixture> Open(Action<StorageOptions>? configure) => PostgresFixture.Open(configure);
}

public sealed class PostgresAuditTrailTests : AuditTrailContract
{
    protected override Task<IStoreFixture> Open(Action<StorageOptions>? configure) => PostgresFixture.Open(configure);
}

public sealed class PostgresAuditChainTests : AuditChainContract
{
    protected override Task<IStoreFixture> Open(Action<StorageOptions>? configure) => PostgresFixture.Open(configure);
}

public sealed class PostgresEndOutputTests : EndOutputContract
{
    protected override Task<IStoreFixture> Open(Action<StorageOptions>? configure) => PostgresFixture.Open(configure);
}

public sealed class PostgresOutputLogTests : OutputLogContract
{
    protected override Task<IStoreFixture> Open(Action<StorageOptions>? configure) => PostgresFixture.Open(configure);
}

public sealed class PostgresRetentionTests : RetentionContract
{
    protected override Task<IStoreFixture> Open(Action<StorageOptions>? configure) => PostgresFixture.Open(configure);
}

public sealed class PostgresWebhookOutboxTests : WebhookOutboxContract
{
    protected override Task<IStoreFixture> Open(Action<StorageOptions>? configure) => PostgresFixture.Open(configure);
}
