using System.Globalization;
using System.Security;

namespace OpenClaw.Worker.Services.Platforms;

/// <summary>A launchd agent of the person's login session: only there the keychain can be read, and Claude Code is logged in.</summary>
internal static class LaunchdAgent
{
    public const string Label = "com.openclaw.worker";

    public static ServicePlan CreatePlan(ServiceRequest request)
    {
        var agent = GetFilePath(request.UserHome);
        var session = string.Create(CultureInfo.InvariantCulture, $"gui/{request.Uid}");
        return new ServicePlan(
            [new ServiceFile(Path.Combine(request.Home, VariableFile.Name), VariableFile.FormatLines(request.Variables), Secret: true),
                new ServiceFile(agent, FormatDefinition(request))],
            [["launchctl", "bootstrap", session, agent], ["launchctl", "kickstart", "-k", $"{session}/{Label}"]],
            [["launchctl", "bootout", $"{session}/{Label}"]],
            ["it runs while you are logged in at the screen; folders such as Documents ask you once whether it may read them"])
        {
            // One that is loaded already can't be loaded again.
            Clear = [["launchctl", "bootout", $"{session}/{Label}"]],
            Log = GetErrorPath(request.Home),
            Home = request.Home,
        };
    }

    public static string GetFilePath(string userHome) => Path.Combine(userHome, "Library", "LaunchAgents", $"{Label}.plist");

    public static string GetErrorPath(string home) => Path.Combine(home, "launchd.err");

    /// <summary>The property list. It is started again unless it ended as asked, and what it started is left alone when it ends.</summary>
    public static string FormatDefinition(ServiceRequest request)
    {
        var errors = GetErrorPath(request.Home);
        var program = string.Concat(
            request.Program.Concat(["run", "--home", request.Home]).Select(argument => $"\n    <string>{EscapeXml(argument)}</string>"));
        return $"""
            <?xml version="1.0" encoding="UTF-8"?>
            <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
            <plist version="1.0">
            <dict>
              <key>Label</key>
              <string>{Label}</string>
              <key>ProgramArguments</key>
              <array>{program}
              </array>
              <key>RunAtLoad</key>
              <true/>
              <key>KeepAlive</key>
              <dict>
                <key>SuccessfulExit</key>
                <false/>
              </dict>
              <key>LimitLoadToSessionType</key>
              <string>Aqua</string>
              <!-- Background would give tasks the leftovers of processor and disk. -->
              <key>ProcessType</key>
              <string>Interactive</string>
              <key>AbandonProcessGroup</key>
              <true/>
              <key>ExitTimeOut</key>
              <integer>90</integer>
              <key>ThrottleInterval</key>
              <integer>10</integer>
              <!-- The worker's own log has bounds; a file of launchd's has none. -->
              <key>StandardOutPath</key>
              <string>/dev/null</string>
              <key>StandardErrorPath</key>
              <string>{EscapeXml(errors)}</string>
            </dict>
            </plist>

            """;
    }

    private static string EscapeXml(string text) => SecurityElement.Escape(text);
}
