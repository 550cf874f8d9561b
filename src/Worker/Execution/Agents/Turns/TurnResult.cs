using System.Globalization;
using System.Text.Json.Nodes;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Payloads;

namespace OpenClaw.Worker.Execution.Agents.Turns;

/// <summary>
/// What a turn's end means: how its program ended decides the outcome where we or a limit ended it, else what the agent said. The answer,
/// cost and turns so far are kept whatever ended it. Pure.
/// </summary>
internal static class TurnResult
{
    // Above this an exit code reads as a signal. Gemini CLI ends with an HTTP status modulo 256.
    private const int LargestExitCode = 128;
    private const int Named = 5;

    /// <param name="agent">Whose turn it was.</param>
    /// <param name="process">What the end of its program alone means.</param>
    /// <param name="cutShort">It did not end by itself: a time, a cancel, a limit or a signal ended it.</param>
    /// <param name="report">What it printed.</param>
    /// <param name="exitReason">The word that its exit code has with this agent; null: none.</param>
    public static ExecutionResult DecideOutcome(
        Agent agent, ExecutionResult process, bool cutShort, TurnReport report, string? exitReason = null)
    {
        var facts = AddProcess(report.Answer.Facts, process.Metadata);
        return cutShort ? DescribeCutShort(agent, process, report) with { Metadata = facts }
            : FindFailure(agent, process.ExitCode ?? 0, report, exitReason) is { } failure ? failure with { Metadata = facts }
            : ExecutionResult.Succeeded(facts);
    }

    /// <summary>The facts that are known of the process, beside those of the agent, for which <c>usage</c> is tokens.</summary>
    public static JsonObject AddProcess(JsonObject facts, JsonObject? process)
    {
        foreach (var (name, value) in process ?? []) facts[name == "usage" ? "process" : name] = value?.DeepClone();
        foreach (var (name, _) in facts.Where(fact => fact.Value is null).ToArray()) facts.Remove(name);
        return facts;
    }

    private static ExecutionResult DescribeCutShort(Agent agent, ExecutionResult process, TurnReport report)
    {
        var (answer, apiError) = (report.Answer, report.ApiError);
        var late = process.Outcome == Outcomes.TimedOut;
        // Its own sentence guesses why; here it is known.
        var silent = process.Reason == "no-first-output" && apiError is not null;
        var sentence = new List<string> { silent ? "nothing came from the model for too long" : process.Error! };
        if (late && apiError is not null) sentence.Add($"what {agent.Title} said last of the model's API: {apiError.Sentence}");
        if (answer.Ended) sentence.Add("it had answered" + DescribeBackground(answer.Background));
        return process with
        {
            Error = string.Join("; ", sentence),
            Reason = late && apiError is not null ? apiError.Reason ?? ErrorReason(agent) : process.Reason,
        };
    }

    private static ExecutionResult? FindFailure(Agent agent, int exitCode, TurnReport report, string? exitReason)
    {
        var (answer, apiError) = (report.Answer, report.ApiError);
        if (answer is { Ended: true, Error: null }) return null;
        var reason = answer.Reason ?? apiError?.Reason ?? exitReason ?? ErrorReason(agent);
        if (answer.Ended)
            return ExecutionResult.Failed(reason, answer.Error!, exitCode is > 0 and <= LargestExitCode ? exitCode : 1);
        var why = report.LineTooLong
            ? string.Create(CultureInfo.InvariantCulture, $"a line of more than {TurnOutput.MaxLine} bytes")
            : apiError?.Sentence ?? report.LastWords;
        var code = exitCode > LargestExitCode && apiError is not null ? 1 : exitCode;
        var sentence = string.Create(CultureInfo.InvariantCulture, $"{agent.Title} gave no answer (exit code {exitCode}): {why}");
        return ExecutionResult.Failed(reason, sentence, code is 0 ? 1 : code);
    }

    private static string ErrorReason(Agent agent) => agent.Name + "-error";

    private static string DescribeBackground(IReadOnlyList<string> background) => background.Count == 0 ? ""
        : $", and what it left in the background still ran: {string.Join(", ", background.Take(Named))}";
}
