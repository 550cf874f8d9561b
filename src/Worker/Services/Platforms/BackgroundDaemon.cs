namespace OpenClaw.Worker.Services.Platforms;

/// <summary>
/// A daemon without a service manager: started in the background now, and by cron with the machine if the person wants that.
/// </summary>
internal static class BackgroundDaemon
{
    public static ServicePlan CreatePlan(ServiceRequest request)
    {
        var (command, start) = (FormatRunCommand(request.Program, request.Home), FormatStartCommand(request.Program, request.Home));
        return new ServicePlan(
            [new ServiceFile(Path.Combine(request.Home, VariableFile.Name), VariableFile.FormatLines(request.Variables), Secret: true)],
            [["/bin/sh", "-c", start]],
            [],
            [
                "no service starts it again: to have it start with the machine, add this line with crontab -e:\n"
                    + $"      @reboot {command} >/dev/null 2>&1",
                $"to end it: {QuoteArgument(request.Program[0])} drain; to start it again: {start}",
            ])
        {
            Log = Path.Combine(request.Home, "logs", "worker.log"),
            Home = request.Home,
            IsService = false,
        };
    }

    /// <summary>A line of sh that starts the daemon so that it outlives the terminal.</summary>
    public static string FormatStartCommand(IReadOnlyList<string> program, string home) =>
        $"nohup {FormatRunCommand(program, home)} </dev/null >/dev/null 2>&1 &";

    private static string FormatRunCommand(IReadOnlyList<string> program, string home) =>
        string.Join(' ', program.Concat(["run", "--home", home]).Select(QuoteArgument));

    /// <summary>One word as sh reads it. In a crontab a percent sign would end the line, so it can't be helped there.</summary>
    public static string QuoteArgument(string argument) => argument.Length > 0
        && argument.All(letter => char.IsAsciiLetterOrDigit(letter) || "/._-+:@%=,".Contains(letter, StringComparison.Ordinal))
        ? argument
        : $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
