using OpenClaw.Storage;
using OpenClaw.Storage.Tests;
using OpenClaw.Storage.Tests.Reminders;

namespace OpenClaw.Silo.Tests.Reminders;

public sealed class AdoNetReminderTableTests : ReminderTableContract
{
    protected override Task<IStoreFixture> Open(Action<StorageOptions>? configure) => AdoNetFixture.Open();
}
