using OpenClaw.Protocol;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Approvals;
using OpenClaw.Worker.Cli.Approvals;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Policy;
using OpenClaw.Worker.Policy.Reading;

namespace OpenClaw.Worker.Cli;

/// <summary>Checks and shows the owner's policy, and says what a task would meet. Needs no daemon.</summary>
internal static class PolicyVerb
{
    private const int NeedsApproval = 3;
    private const int Later = 4;
    private static readonly VerbOption PolicyOption = new("--policy", "another file than policy.json of the worker's home", "FILE");

    private static readonly VerbOption AsOption = new(
        "--as", "of test: the route the task is posted to, such as files/write or claude (default tasks)", "ROUTE");

    public static Verb Policy { get; } = new("policy", "checks and shows the owner's policy, and says what a task would meet", Run)
    {
        Words = "check | show | test FILE",
        Count = (1, 2),
        Options = [PolicyOption, AsOption],
        More = """
            check        every error of the policy; exit code 0: none
            show         what counts
            test FILE    every rule that has something to say about a task: the JSON that a client posts to /tasks, or to the route
                         of --as; - is standard input. Where it needs a yes: the files that one is bound to, and what is OPEN
            Exit code of test: 0 it would run, 1 rejected, 3 it needs a yes, 4 it would wait, 2 the task or the policy is invalid.
            """,
    };

    private static async Task<int> Run(VerbCall call)
    {
        if (call.Words is not (["check" or "show"] or ["test", _]))
            return ReportErrors(call, "policy takes check, show or test FILE");
        var place = PolicyContext.CreateForThisPc(call.Home);
        var path = call.FindValue(PolicyOption.Name) ?? Path.Combine(call.Home, PolicyFile.Name);
        var found = PolicyFile.LoadFrom(path, place);
        if (found is null && call.HasOption(PolicyOption.Name)) return ReportErrors(call, $"{path} does not exist");
        var (policy, errors) = found ?? (PolicyFile.CreateDefault(place), []);
        if (policy is null) return ReportErrors(call, [.. errors.Select(error => $"{path}: {error}")]);
        var from = found is null ? $"no {path}: everything you can do is allowed" : path;
        switch (call.Words[0])
        {
            case "check":
                call.Out.WriteLine(found is null ? from : $"{path} is a policy");
                foreach (var rootError in policy.Roots.Errors)
                    call.Out.WriteLine(rootError);
                return policy.Roots.Errors.Count == 0 ? VerbExit.Done : VerbExit.No;
            case "show":
                PolicyText.Write(policy, from, call.Out);
                return VerbExit.Done;
            default:
                return await TestTask(call, new PolicyKeeper(policy, path, place, new WorkerLog(TextWriter.Null, call.Terminal.Clock)));
        }
    }

    private static async Task<int> TestTask(VerbCall call, PolicyKeeper keeper)
    {
        var (offer, errors) = ReadOffer(call);
        if (offer is null) return ReportErrors(call, errors);
        var gate = new PolicyGate(keeper, UserEnvironment.CreateForProcess(call.Terminal.Clock), call.Home, call.Terminal.Clock);
        var policy = keeper.Current;
        var judgement = policy.ExplainVerdict(await gate.BuildInput(policy, offer));
        var verdict = judgement.Verdict;
        if (verdict.Kind != VerdictKind.Rejected
            && await PolicyDryRun.FindRejection(gate, offer, call.Terminal.Clock) is { } rejection)
            verdict = rejection;
        call.Out.WriteLine(verdict.Kind switch
        {
            VerdictKind.Allowed => "allowed: nothing in the policy stands against it",
            VerdictKind.NeedsApproval => $"needs your yes: {verdict.Rule}: {verdict.Sentence}",
            VerdictKind.Later => $"would wait: {verdict.Rule}: {verdict.Sentence}",
            _ => $"rejected: {verdict.Rule}: {verdict.Sentence}",
        });
        foreach (var finding in judgement.Findings.Where(finding => finding != verdict))
            call.Out.WriteLine($"  as well: {finding.Rule}: {finding.Sentence}");
        if (verdict.Kind == VerdictKind.NeedsApproval)
        {
            var binding = await PolicyDryRun.FindBinding(gate, offer, call.Home);
            ApproveText.ShowBinding(call, binding.Lines.Select(TerminalEscaper.Escape),
                binding.Unbound is { } open ? TerminalEscaper.Escape(open) : null);
        }
        return verdict.Kind switch
        {
            VerdictKind.Allowed => VerbExit.Done,
            VerdictKind.NeedsApproval => NeedsApproval,
            VerdictKind.Later => Later,
            _ => VerbExit.No,
        };
    }

    /// <summary>The task as an offer; or what is wrong with it.</summary>
    private static (Offer? Offer, string[] Errors) ReadOffer(VerbCall call)
    {
        var file = call.Words[1];
        try
        {
            var text = file == "-" ? call.Terminal.In.ReadToEnd() : File.ReadAllText(file);
            var (offer, errors) = TaskBody.ReadOffer(text, call.FindValue(AsOption.Name) ?? Routes.Tasks);
            return (offer, [.. errors.Select(error => $"{file}: {error}")]);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return (null, [$"{file}: {error.Message}"]);
        }
    }

    private static int ReportErrors(VerbCall call, params string[] sentences)
    {
        foreach (var sentence in sentences)
            call.Error.WriteLine(sentence);
        return VerbExit.Usage;
    }
}
