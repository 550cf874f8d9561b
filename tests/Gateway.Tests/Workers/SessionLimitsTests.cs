using System.Text.Json;
using OpenClaw.Gateway.Workers;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Workers;

namespace OpenClaw.Gateway.Tests.Workers;

/// <summary>What a session may say of a PC: as much as a worker's own limits let its owner configure.</summary>
public sealed class SessionLimitsTests
{
    [Theory]
    [InlineData(Limits.Kinds, Limits.Labels, "")]
    [InlineData(Limits.Kinds + 1, Limits.Labels, "kinds")]
    [InlineData(Limits.Kinds, Limits.Labels + 1, "labels")]
    public void So_many_kinds_and_labels(int kinds, int labels, string wrong)
    {
        var errors = new FieldErrors();
        SessionEndpoints.ValidateOpen(new OpenSession
        {
            Name = "pc", Instance = "i", Os = "linux", Arch = "x64", MaxConcurrent = 1,
            Kinds = [.. Kinds.BuiltIn, .. Enumerable.Range(0, kinds - Kinds.BuiltIn.Count).Select(number => $"kind-{number}")],
            Labels = [.. Enumerable.Range(0, labels).Select(number => $"label-{number}")],
        }, errors);
        Assert.Equal(wrong, string.Join(' ', errors.ToArray().Select(error => error.Field)));
    }

    /// <summary>An initial value of the property is no default: the generated reader of JSON takes zero.</summary>
    [Fact]
    public void Who_says_no_limit_runs_one_task_at_once()
    {
        var open = JsonSerializer.Deserialize(
            """{"name":"pc","instance":"i","kinds":["command"],"os":"linux","arch":"x64"}""", ProtocolJson.Default.OpenSession)!;
        var errors = new FieldErrors();
        SessionEndpoints.ValidateOpen(open, errors);
        Assert.Empty(errors.ToArray());
    }

    /// <summary>The longest lists of attempts, and all a PC can say of its kinds, are still one body.</summary>
    [Fact]
    public void All_of_it_together_fits_into_a_workers_body()
    {
        var open = new OpenSession
        {
            Name = new string('n', Names.MaxLength), Instance = new string('i', 32), Os = "linux", Arch = "x64",
            MaxConcurrent = Limits.MaxConcurrent,
            Kinds = [.. Enumerable.Repeat(new string('k', Names.MaxLength), Limits.Kinds)],
            Labels = [.. Enumerable.Repeat(new string('l', Names.MaxLength), Limits.Labels)],
            Held = [.. Enumerable.Repeat($"{Guid.Empty:D}.{Limits.MaxAttempts}", Limits.Held)],
        };
        Assert.InRange(JsonSerializer.SerializeToUtf8Bytes(open, ProtocolJson.Default.OpenSession).Length + Limits.ManifestBytes, 1,
            Limits.WorkerBody);
    }
}
