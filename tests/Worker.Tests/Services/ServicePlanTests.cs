using System.Xml;
using System.Xml.Linq;
using OpenClaw.TestKit.Processes;
using OpenClaw.Worker.Services;
using OpenClaw.Worker.Services.Platforms;

namespace OpenClaw.Worker.Tests.Services;

/// <summary>What is generated for each system, and what the tools that are here say of it.</summary>
public sealed class ServicePlanTests : IDisposable
{
    private const string Secret = "ocl_wrk_secret";
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("openclaw-service-");

    public void Dispose() => folder.Delete(recursive: true);

    public static TheoryData<string, bool> Systems =>
        new() { { "linux", false }, { "linux", true }, { "macos", false }, { "windows", false }, { "windows", true } };

    [Theory, MemberData(nameof(Systems))]
    public void The_token_is_in_the_secret_file_and_nowhere_else(string system, bool machine)
    {
        var plan = Plan(system, Request() with { System = machine });
        Assert.Contains(Secret, Assert.Single(plan.Files, file => file.Secret).Content, StringComparison.Ordinal);
        Assert.DoesNotContain(plan.Files, file => !file.Secret && file.Content.Contains(Secret, StringComparison.Ordinal));
        Assert.DoesNotContain(plan.Prepare.Concat(plan.Start).Concat(plan.Stop).SelectMany(command => command),
            word => word.Contains(Secret, StringComparison.Ordinal));
    }

    [Theory, InlineData(false, false), InlineData(false, true), InlineData(true, false), InlineData(true, true)]
    public async Task Systemd_itself_finds_nothing_wrong_with_the_unit(bool machine, bool confined)
    {
        var program = Path.Combine(folder.FullName, "open claw 100%");
        await File.WriteAllTextAsync(program, "#!/bin/sh\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var plan =
            Plan("linux", Request() with { Program = [program], Home = "/a $HOME 'q' \"q\" \\ 5%", System = machine, Confined = confined });
        var unit = Path.Combine(folder.FullName, SystemdService.Unit);
        await File.WriteAllTextAsync(unit, plan.Files[1].Content);
        var printed = await Command.Run("systemd-analyze", machine ? ["verify", "--man=no", unit] : ["--user", "verify", "--man=no", unit],
            ("XDG_RUNTIME_DIR", folder.FullName));
        Assert.Equal(0, printed.ExitCode);
        var lines = $"{printed.Output}{printed.Errors}".Split('\n');
        Assert.DoesNotContain(lines, line => line.Contains(SystemdService.Unit, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Systemd_itself_finds_what_is_wrong_with_one()
    {
        var unit = Path.Combine(folder.FullName, SystemdService.Unit);
        await File.WriteAllTextAsync(unit,
            Plan("linux", Request()).Files[1].Content.Replace("KillMode=process", "KillMode=perhaps", StringComparison.Ordinal));
        var printed = await Command.Run("systemd-analyze", ["--user", "verify", "--man=no", unit], ("XDG_RUNTIME_DIR", folder.FullName));
        Assert.Contains("perhaps", printed.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_restart_of_the_daemon_leaves_tasks_alone_and_a_wrong_setting_is_not_tried_again()
    {
        var text = Plan("linux", Request()).Files[1].Content;
        Assert.All(["KillMode=process", "Restart=always", "RestartPreventExitStatus=0 2", "OOMPolicy=continue"],
            line => Assert.Contains($"\n{line}\n", text, StringComparison.Ordinal));
        Assert.DoesNotContain("NoNewPrivileges", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_machines_unit_runs_as_the_person_and_its_token_is_roots()
    {
        var plan = Plan("linux", Request() with { System = true });
        Assert.Contains("\nUser=me\nEnvironmentFile=/etc/openclaw/worker.env\n", plan.Files[1].Content, StringComparison.Ordinal);
        Assert.Equal("/etc/openclaw/worker.env", plan.Files[0].Path);
    }

    [Theory]
    [InlineData("/opt/openclaw-worker", "/opt/openclaw-worker"), InlineData("/a b", "\"/a b\"")]
    [InlineData("/50%", "/50%%"), InlineData("", "\"\"")]
    [InlineData("/$HOME", "\"/$$HOME\""), InlineData("/\"\\", "\"/\\\"\\\\\"")]
    public void An_argument_as_systemd_reads_it(string argument, string quoted) =>
        Assert.Equal(quoted, SystemdService.QuoteArgument(argument));

    [Theory]
    [InlineData(@"C:\x", @"C:\x"), InlineData(@"C:\a b\", "\"C:\\a b\\\\\""), InlineData("a\"b c", "\"a\\\"b c\""), InlineData("", "\"\"")]
    [InlineData("a\\\"b", "\"a\\\\\\\"b\"")]
    public void An_argument_as_Windows_programs_read_it(string argument, string quoted) =>
        Assert.Equal(quoted, LogonTask.QuoteArgument(argument));

    [Theory]
    [InlineData("/home/me/.openclaw/worker"), InlineData("/a b"), InlineData("/50%"), InlineData("/$HOME")]
    [InlineData("/a \"q\" \\ 'b' 100% $x")]
    public void The_home_of_a_unit_is_read_back(string home)
    {
        var unit = Plan("linux", Request() with { Home = home }).Files[1].Content;
        Assert.Equal(home,
            SystemdService.ParseHome(unit.Split('\n').Single(line => line.StartsWith("ExecStart=", StringComparison.Ordinal))));
    }

    [Fact]
    public void In_a_terminal_of_su_systemctl_is_told_where_the_persons_manager_is()
    {
        var plan = Plan("linux", Request() with { Systemd = new SystemdFacts { Runs = true, Runtime = "/run/user/501" } });
        Assert.Equal(["env", "XDG_RUNTIME_DIR=/run/user/501", "systemctl", "--user", "restart", "openclaw-worker.service"],
            Assert.Single(plan.Start));
        Assert.Contains(plan.Notes, note => note.Contains("export XDG_RUNTIME_DIR=/run/user/501", StringComparison.Ordinal));
    }

    [Fact]
    public void Who_lingers_already_is_not_told_to()
    {
        var facts = new SystemdFacts { Runs = true, Runtime = "/run/user/501", RuntimeIsSet = true };
        Assert.Contains("enable-linger me", Assert.Single(Plan("linux", Request() with { Systemd = facts }).Notes),
            StringComparison.Ordinal);
        Assert.Empty(Plan("linux", Request() with { Systemd = facts with { Lingers = true } }).Notes);
    }

    [Theory]
    [InlineData("/opt/openclaw-worker", "/opt/openclaw-worker"), InlineData("/a b", "'/a b'")]
    [InlineData("/it's", "'/it'\\''s'"), InlineData("", "''")]
    public void An_argument_as_sh_reads_it(string argument, string quoted) =>
        Assert.Equal(quoted, BackgroundDaemon.QuoteArgument(argument));

    [Fact]
    public async Task Pythons_reader_of_property_lists_finds_in_the_agent_what_was_meant()
    {
        var plan = Plan("macos", Request() with { Program = ["/Users/me/<open> & \"claw\""] });
        var path = Path.Combine(folder.FullName, "agent.plist");
        await File.WriteAllTextAsync(path, plan.Files[1].Content);
        const string Read =
            "import plistlib,sys;d=plistlib.load(open(sys.argv[1],'rb'));"
            + "print(d['ProgramArguments'],d['KeepAlive'],d['LimitLoadToSessionType'],d['AbandonProcessGroup'])";
        var printed = await Command.Run("python3", ["-c", Read, path]);
        Assert.Equal("""['/Users/me/<open> & "claw"', 'run', '--home', '/home/me/.openclaw/worker'] {'SuccessfulExit': False} Aqua True""",
            printed.Output.Trim());
        Assert.Equal(["launchctl", "bootstrap", "gui/501", "/home/me/Library/LaunchAgents/com.openclaw.worker.plist"], plan.Start[0]);
    }

    [Fact]
    public void The_agent_holds_to_the_form_of_property_lists()
    {
        var document = XDocument.Parse(Plan("macos", Request()).Files[1].Content);
        Assert.Equal("plist", document.DocumentType!.Name);
        foreach (var dictionary in document.Descendants("dict"))
        {
            var children = dictionary.Elements().Select(element => element.Name.LocalName).ToArray();
            Assert.All(children.Where((_, index) => index % 2 == 0), name => Assert.Equal("key", name));
            Assert.All(children.Where((_, index) => index % 2 == 1),
                name => Assert.Contains(name, (string[])["string", "array", "dict", "true", "false", "integer"]));
        }
    }

    [Fact]
    public void A_mac_gets_no_daemon_of_the_machine_because_of_the_keychain()
    {
        var (plan, error) = ServicePlan.CreateFor("macos", Request() with { System = true });
        Assert.Null(plan);
        Assert.Contains("keychain", error, StringComparison.Ordinal);
    }

    /// <summary>Names and order of Microsoft's schema of tasks (version 1.2) as far as they are used.</summary>
    [Theory, InlineData(false, "LogonTrigger", "InteractiveToken"), InlineData(true, "BootTrigger", "S4U")]
    public void The_task_of_Windows_is_XML_with_the_elements_of_its_schema(bool machine, string trigger, string logon)
    {
        var file = Plan("windows",
            Request() with
            {
                System = machine,
                User = "PC\\me & you",
                Program = [@"C:\Program Files\claw\openclaw-worker.exe"],
                Home = @"C:\Users\me\a b\"
            }).Files[1];
        Assert.True(file.Wide);
        using var reader = XmlReader.Create(new StringReader(file.Content));
        var task = XDocument.Load(reader).Root!;
        Assert.Equal(["RegistrationInfo", "Triggers", "Principals", "Settings", "Actions"],
            task.Elements().Select(element => element.Name.LocalName));
        Assert.All(task.Descendants(),
            element => Assert.Equal("http://schemas.microsoft.com/windows/2004/02/mit/task", element.Name.NamespaceName));
        XElement Of(string name) => Assert.Single(task.Descendants(), element => element.Name.LocalName == name);
        Assert.NotNull(Of(trigger));
        Assert.Equal((logon, "PC\\me & you"), (Of("LogonType").Value, Of("Principal").Elements().First().Value));
        Assert.Equal((@"C:\Program Files\claw\openclaw-worker.exe", "run --home \"C:\\Users\\me\\a b\\\\\""),
            (Of("Command").Value, Of("Arguments").Value));
    }

    private static ServicePlan Plan(string system, ServiceRequest request)
    {
        var (plan, error) = ServicePlan.CreateFor(system, request);
        Assert.Null(error);
        return plan!;
    }

    private static ServiceRequest Request() => new()
    {
        Program = ["/bin/true"],
        Home = "/home/me/.openclaw/worker",
        UserHome = "/home/me",
        User = "me",
        Uid = 501,
        Variables = new Dictionary<string, string> { ["WORKER_URL"] = "https://claw.example", ["WORKER_TOKEN"] = Secret },
    };
}
