using System.Diagnostics;
using System.Text.Json;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Signing;

namespace OpenClaw.Bench.Micro;

/// <summary>What a signed task costs its PC: form, signature and statement, in CPU time, so that a busy machine says the same.</summary>
internal static class SignatureRun
{
    public static void Measure(int tasks)
    {
        using var key = SigningKey.Generate();
        foreach (var size in (int[])[100, 10_000, 60_000])
        {
            var statement = CreateStatement(size);
            var signed = key.SignStatement(statement);
            Report($"sign    {size,6} bytes", tasks, () => key.SignStatement(statement));
            Report($"verify  {size,6} bytes", tasks, () => key.PublicKey.Verifies(signed.Decode(new FieldErrors())!));
            Report($"parse   {size,6} bytes", tasks, () => TaskStatement.Parse(signed.Decode(new FieldErrors())!.Body, new FieldErrors()));
        }
    }

    private static void Report(string what, int times, Func<object?> run)
    {
        for (var i = 0; i < times / 10; i++) run();
        using var self = Process.GetCurrentProcess();
        var before = self.TotalProcessorTime;
        for (var i = 0; i < times; i++) run();
        self.Refresh();
        Console.WriteLine($"{what}: {(self.TotalProcessorTime - before).TotalMicroseconds / times:0.0} µs");
    }

    private static TaskStatement CreateStatement(int size) => new()
    {
        Id = "0123456789abcdef",
        Worker = "studio",
        Kind = "command",
        Payload = JsonSerializer.SerializeToElement(new { command = new string('x', size) }),
        Timeout = 30_000,
        ExpiresAt = 1_800_000_000_000,
    };
}
