using System.Security;
using System.Text;

namespace OpenClaw.Worker.Services.Platforms;

/// <summary>
/// Windows: a scheduled task that starts when the person logs on. No service: that would run in session 0 as another account, without
/// the person's files, credentials and Claude login, and would want their password to run as them.
/// </summary>
internal static class LogonTask
{
    public const string Name = @"OpenClaw\Worker";

    public static ServicePlan CreatePlan(ServiceRequest request)
    {
        var xml = GetFilePath(request.Home);
        return new ServicePlan(
            [
                new ServiceFile(Path.Combine(request.Home, VariableFile.Name), VariableFile.FormatLines(request.Variables), Secret: true),
                new ServiceFile(xml, FormatDefinition(request)) { Wide = true },
            ],
            [["schtasks.exe", "/Create", "/TN", Name, "/XML", xml, "/F"], ["schtasks.exe", "/Run", "/TN", Name]],
            [["schtasks.exe", "/End", "/TN", Name], ["schtasks.exe", "/Delete", "/TN", Name, "/F"]],
            request.System
                ? ["it starts with the machine, without your password: network drives and saved credentials are not there, "
                    + "so Claude Code may have to be given a key"]
                : ["it runs while you are logged on"])
        {
            Log = Path.Combine(request.Home, "logs", "worker.log"),
            Home = request.Home,
        };
    }

    public static string GetFilePath(string home) => Path.Combine(home, "task.xml");

    /// <summary>The task as the Task Scheduler exports and imports it.</summary>
    public static string FormatDefinition(ServiceRequest request)
    {
        var user = SecurityElement.Escape(request.User);
        var arguments = string.Join(' ', request.Program.Skip(1).Concat(["run", "--home", request.Home]).Select(QuoteArgument));
        var trigger = request.System
            ? "<BootTrigger><Enabled>true</Enabled></BootTrigger>"
            : $"<LogonTrigger><Enabled>true</Enabled><UserId>{user}</UserId></LogonTrigger>";
        return $"""
            <?xml version="1.0" encoding="UTF-16"?>
            <Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
              <RegistrationInfo>
                <Description>OpenClaw worker: runs tasks on this PC</Description>
              </RegistrationInfo>
              <Triggers>{trigger}</Triggers>
              <Principals>
                <Principal id="Author">
                  <UserId>{user}</UserId>
                  <LogonType>{(request.System ? "S4U" : "InteractiveToken")}</LogonType>
                  <RunLevel>LeastPrivilege</RunLevel>
                </Principal>
              </Principals>
              <Settings>
                <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
                <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
                <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
                <AllowHardTerminate>true</AllowHardTerminate>
                <StartWhenAvailable>true</StartWhenAvailable>
                <RunOnlyIfNetworkAvailable>false</RunOnlyIfNetworkAvailable>
                <Enabled>true</Enabled>
                <Hidden>false</Hidden>
                <RunOnlyIfIdle>false</RunOnlyIfIdle>
                <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
                <!-- 7, the scheduler's own choice, is below normal and would slow every task. -->
                <Priority>5</Priority>
                <RestartOnFailure><Interval>PT1M</Interval><Count>999</Count></RestartOnFailure>
              </Settings>
              <Actions Context="Author">
                <Exec>
                  <Command>{SecurityElement.Escape(request.Program[0])}</Command>
                  <Arguments>{SecurityElement.Escape(arguments)}</Arguments>
                </Exec>
              </Actions>
            </Task>

            """;
    }

    /// <summary>One argument as Windows programs split them: backslashes count only before a quote.</summary>
    public static string QuoteArgument(string argument)
    {
        if (argument.Length > 0 && !argument.AsSpan().ContainsAny(" \t\"\n\v")) return argument;
        var (text, slashes) = (new StringBuilder("\""), 0);
        foreach (var letter in argument)
        {
            if (letter == '"') text.Append('\\', slashes + 1);
            slashes = letter == '\\' ? slashes + 1 : 0;
            text.Append(letter);
        }
        return text.Append('\\', slashes).Append('"').ToString();
    }
}
