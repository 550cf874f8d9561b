namespace OpenClaw.Hosting.Https.Certificates;

/// <summary>Looks for another certificate from time to time, and tells what came of it.</summary>
internal sealed class CertificateRenewal(ServerCertificates certificates, ILogger<CertificateRenewal> log, TimeProvider clock)
    : BackgroundService
{
    /// <summary>Time for a person to do something about it.</summary>
    private static readonly TimeSpan Notice = TimeSpan.FromDays(14);

    private DateTime? warnedOf;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(certificates.Period, clock);
        do
        {
            LookOnce(clock.GetUtcNow());
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private void LookOnce(DateTimeOffset now)
    {
        var change = certificates.Refresh();
        var end = certificates.Leaf.NotAfter;
        if (change.Certificate is not null) log.CertificateReplaced(end);
        if (change.Error is not null) log.CertificateRefused(end, change.Error);
        // Once for each: to renew one that was given is somebody else's task.
        if (end - now > Notice || warnedOf == end) return;
        warnedOf = end;
        log.CertificateEndsSoon(end);
    }
}
