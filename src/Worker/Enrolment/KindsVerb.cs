using OpenClaw.Protocol;
using OpenClaw.Protocol.Enrolment;
using OpenClaw.Worker.Cli;
using OpenClaw.Worker.Identity;
using OpenClaw.Worker.Services;
using OpenClaw.Worker.Transport;

namespace OpenClaw.Worker.Enrolment;

/// <summary>
/// <c>kinds</c>: what this PC gets tasks of. One that it can run since it has joined gets none until its owner says yes here; the yes is
/// signed with the PC's key.
/// </summary>
internal static class KindsVerb
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(20);
    private static readonly VerbOption Accept = new("--accept", "gets tasks of all kinds that this PC offers now, and of no others");

    public static Verb Kinds { get; } = new("kinds", "shows the kinds this PC gets tasks of, and accepts new ones", RunKinds)
    {
        Options = [Accept],
        More = "Exit code 0: it gets tasks of all that it offers; 1: not of all, or they could not be accepted; 2: it has not joined.",
    };

    private static async Task<int> RunKinds(VerbCall call)
    {
        var (key, error) = WorkerKey.Load(call.Home, MachineId.ReadDigest());
        using var own = key;
        if (key is null)
        {
            call.Error.WriteLine(error ?? "this PC has not joined: a worker with a token gets tasks of all kinds that it offers");
            return VerbExit.Usage;
        }
        var (offered, policy, errors) = OfferedKinds.FindIn(call.Home);
        foreach (var line in errors) call.Error.WriteLine(line);
        if (policy is null) return VerbExit.Usage;
        var withheld = offered.Except(key.Record.Kinds, StringComparer.Ordinal).ToArray();
        if (!call.HasOption(Accept.Name))
        {
            call.Out.WriteLine($"gets tasks of  {string.Join(", ", offered.Intersect(key.Record.Kinds, StringComparer.Ordinal))}");
            if (withheld.Length > 0)
                call.Out.WriteLine($"not accepted   {string.Join(", ", withheld)}: {call.Terminal.ProgramTyped} kinds --accept");
            return withheld.Length > 0 ? VerbExit.No : VerbExit.Done;
        }
        return await AcceptKinds(call, key, offered);
    }

    private static async Task<int> AcceptKinds(VerbCall call, WorkerKey key, string[] offered)
    {
        var (kept, _) = VariableFile.Load(call.Home);
        var (options, errors) = WorkerArguments.ParseOptions(
            name => name == "OPENCLAW_WORKER_HOME" ? call.Home : call.Terminal.Variable(name) is { Length: > 0 } set ? set
                : kept.GetValueOrDefault(name), Environment.MachineName, call.Terminal.UserHome);
        var (way, wayError) = options is null ? (null, string.Join('\n', errors)) : GatewayRoute.FromOptions(options);
        if (way is null)
        {
            call.Error.WriteLine(wayError);
            return VerbExit.Usage;
        }
        var (worker, why) = await SendGrant(way, key, offered, call.Terminal.Clock);
        if (worker is null)
        {
            call.Error.WriteLine($"not accepted: {why}");
            return VerbExit.No;
        }
        WorkerKey.SaveRecord(call.Home, key.Record with { Kinds = worker.Kinds });
        call.Out.WriteLine($"accepted: it gets tasks of {string.Join(", ", worker.Kinds)}; a daemon that runs opens a session with them");
        return VerbExit.Done;
    }

    private static async Task<(EnrolledWorker? Worker, string? Why)> SendGrant(
        GatewayRoute way, WorkerKey key, string[] kinds, TimeProvider clock)
    {
        using var late = new CancellationTokenSource(CallTimeout, clock);
        using var http = way.CreateClient(CallTimeout);
        try
        {
            var client = new EnrolmentClient(http);
            var asked = await client.AskChallenge(key.Record.Identity, late.Token);
            if (asked.Value is not { } answer) return (null, asked.Why);
            var granted = await client.GrantKinds(
                new GrantKinds(kinds), body => key.SignRequest(Routes.GrantKinds, answer.Challenge, body), late.Token);
            return granted.IsOk ? (granted.Value, null) : (null, granted.Why);
        }
        catch (Exception error) when (CallRetryRules.IsRetryable(error))
        {
            return (null, CallRetryRules.DescribeError(error));
        }
    }
}
