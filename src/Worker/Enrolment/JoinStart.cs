using OpenClaw.Worker.Cli;

namespace OpenClaw.Worker.Enrolment;

/// <summary>What follows on a PC that has joined: the service, and a look at whether all is well. The last line says it.</summary>
internal static class JoinStart
{
    public static async Task<int> Run(VerbCall call, string name, bool startsNothing, bool noService)
    {
        string[] home = ["--home", call.Home];
        var typed = call.Terminal.ProgramTyped;
        if (startsNothing)
        {
            await CommandLine.Run(["doctor", .. home], call.Terminal);
            call.Out.WriteLine($"joined as {name}, and NOT online yet. Next, as a service of yours: {typed} install; or for as long as "
                + $"this terminal is open: {typed} run. A daemon that runs here already uses the key when it was started anew.");
            return VerbExit.Done;
        }
        var installed = await CommandLine.Run(["install", .. noService ? ["--no-service"] : Array.Empty<string>(), .. home], call.Terminal);
        if (installed != VerbExit.Done)
        {
            call.Error.WriteLine($"joined as {name}, and NOT online: what is missing is said above. After that: {typed} install; "
                + "the invitation is not needed again");
            return installed;
        }
        var sound = await CommandLine.Run(["doctor", .. home], call.Terminal) == VerbExit.Done;
        call.Out.WriteLine($"online as {name}{(sound ? "" : "; what doctor has found is said above")}");
        return VerbExit.Done;
    }
}
