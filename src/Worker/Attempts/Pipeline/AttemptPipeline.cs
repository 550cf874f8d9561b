using OpenClaw.Worker.Approvals;

namespace OpenClaw.Worker.Attempts.Pipeline;

/// <summary>
/// The way of an attempt from the offer to the report, a phase a file: judge, approve, journal, start, execute, spool, report. A phase
/// says what became of it by its result, and only this class says which phase is next.
/// </summary>
/// <remarks>
/// The daemon may be killed between any two phases. What the next one finds, and does (<see cref="Journal.Recovery"/> decides):
/// <list type="bullet">
/// <item>Before the journal: nothing is known here and nothing ran; the server offers the attempt again.</item>
/// <item>Journal written, no program that could be followed: what may be left of one is ended, and the attempt is not named to the
/// server. That offers it again when it had not noted the start (then nothing ran, for programs start only after its yes), else it says
/// lost. So the journal has to be on disk before the start is asked for.</item>
/// <item>A program runs, or has left its end in its run log: it is resumed at the phase Execute; its executor runs again and reads the
/// log from the start.</item>
/// <item>Result in the spool, journal still open: it is reported and the journal closed. That is why the spool comes before
/// <see cref="AttemptFiles.CloseAttempt"/>.</item>
/// </list>
/// </remarks>
internal sealed class AttemptPipeline(PipelinePhases phases, LargePayloads payloads, PipelineContext context)
{
    /// <summary>From the first phase on. <paramref name="kept"/>: it waited for its owner when a daemon before this one ended.</summary>
    public async Task RunOffer(HeldAttempt held, WaitingOffer? kept = null)
    {
        if (!await FetchPayload(held))
        {
            Drop(held);
            return;
        }
        var judged = await phases.Judge.JudgeHeld(held);
        var decision = await phases.Approve.DecideStart(held, judged, kept);
        if (decision is OfferDecision.Left || !phases.Journal.TryBegin(held.Offer))
        {
            Drop(held);
            return;
        }
        // Before the start is asked for: asking the login shell can take seconds, and a daemon that dies between the server's yes and the
        // spawn loses the task.
        await phases.Execute.PrepareEnvironment(held);
        if (!await phases.Start.AskServer(held))
        {
            phases.Journal.Close(held.Offer);
            Drop(held);
            return;
        }
        await RunStarted(held, decision);
    }

    /// <summary>What a daemon before this one began: it was judged, approved and started there.</summary>
    public Task RunRecovered(HeldAttempt held)
    {
        phases.Start.PrepareConfirmation(held);
        return RunStarted(held, OfferDecision.Recovered.Instance);
    }

    /// <summary>What a daemon before this one left in the spool: the last phase alone.</summary>
    public Task ReportSpooled(string attemptId, Protocol.Attempts.AttemptResult result) => phases.Report.DeliverSpooled(attemptId, result);

    private async Task RunStarted(HeldAttempt held, OfferDecision decision)
    {
        if (await phases.Execute.RunToResult(held, decision) is { } result)
        {
            var report = phases.Spool.SaveResult(held, result);
            await phases.Report.DeliverResult(report);
        }
        else
        {
            phases.Spool.CloseSuperseded(held);
            Drop(held);
        }
    }

    /// <summary>A payload that did not come with its offer. True also for one that did.</summary>
    private async Task<bool> FetchPayload(HeldAttempt held)
    {
        if (held.Offer.PayloadBytes is null) return true;
        // Again after the offer was accepted: the end of an earlier run of the same attempt may have released the room in between. Counts
        // once.
        payloads.ReserveRoom(held.Offer);
        return await payloads.FetchThenUnpark(held, context.Ending);
    }

    /// <summary>It is not this daemon's any more. What the server has not noted as started it offers again, to whoever has room.</summary>
    private void Drop(HeldAttempt held) => context.Attempts.Remove(held.Offer.AttemptId);
}
