using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Execution.Files;
using OpenClaw.Worker.Execution.Files.Archives;
using OpenClaw.Worker.Execution.Files.Transfer;
using OpenClaw.Worker.Execution.Files.Writing;
using OpenClaw.Worker.Processes.Unix;
using OpenClaw.Worker.Tests.Execution;

namespace OpenClaw.Worker.Tests.Files;

/// <summary>What a file has beside its content is kept when it is replaced, or the metadata says that it is not.</summary>
[SupportedOSPlatform("linux")]
public sealed class FileAttributeTests : IDisposable
{
    // struct posix_acl_xattr: version 2, then tag, rights, id each: owner rw, user 65534 r, group none, mask r, others none.
    private const string AccessList =
        "02000000" + "01000600ffffffff" + "02000400feff0000" + "04000000ffffffff" + "10000400ffffffff" + "20000000ffffffff";
    // The same with all rights for user 65533, as a folder's default for what is made in it.
    private const string DefaultList =
        "02000000" + "01000700ffffffff" + "02000700fdff0000" + "04000700ffffffff" + "10000700ffffffff" + "20000700ffffffff";
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("file-write"), InlineData("file-edit"), InlineData("file-upload"), InlineData("file-tar")]
    public async Task Rights_and_attributes_are_kept(string kind)
    {
        folder.File("source/x", "x");
        var file = folder.File("d/file", "old");
        Set(folder.At("d"), "system.posix_acl_default", DefaultList);
        Set(file, "system.posix_acl_access", AccessList);
        Set(file, "user.mine", "00ff01");
        if (Native.GetUid() == 0) Python("import os,sys; os.chown(sys.argv[1], 65534, 65533)", file);
        var before = Describe(file);
        var result = await Replace(kind, file);
        Assert.Equal(("succeeded", before), (result.Outcome, Describe(file)));
        Assert.NotEqual("old", await File.ReadAllTextAsync(file));
        Assert.Null(result.Metadata!["notKept"]);
        Assert.Null(result.Metadata["hardLinkSplit"]);
    }

    [Theory]
    [InlineData("file-write"), InlineData("file-edit"), InlineData("file-upload"), InlineData("file-tar")]
    public async Task A_folders_default_rights_are_not_added_to_a_file_that_had_none_of_them(string kind)
    {
        folder.File("source/x", "x");
        var file = folder.File("d/file", "old");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        Set(folder.At("d"), "system.posix_acl_default", DefaultList);
        var before = Describe(file);
        Assert.Equal("succeeded", (await Replace(kind, file)).Outcome);
        Assert.Equal(before, Describe(file));
    }

    [Theory]
    [InlineData("file-write"), InlineData("file-edit"), InlineData("file-upload"), InlineData("file-tar")]
    public async Task Other_names_of_a_file_keep_its_old_content_and_the_metadata_says_so(string kind)
    {
        folder.File("source/x", "x");
        var file = folder.File("file", "old");
        folder.HardLink("file", "other");
        var result = await Replace(kind, file);
        Assert.True((bool?)result.Metadata!["hardLinkSplit"]);
        Assert.Equal("old", await File.ReadAllTextAsync(folder.At("other")));
        Assert.NotEqual("old", await File.ReadAllTextAsync(file));
        Assert.Null((await Replace("file-write", file)).Metadata!["hardLinkSplit"]);
    }

    [Fact]
    public void What_could_not_be_kept_is_named()
    {
        var (order, facts) = (new WriteOptions(), new JsonObject());
        order.AddTo(facts);
        Assert.Empty(facts);
        order.AddLost("owner");
        order.AddLost("security.selinux");
        order.AddTo(facts);
        Assert.Equal("""{"notKept":["owner","security.selinux"]}""", facts.ToJsonString());
    }

    private async Task<ExecutionResult> Replace(string kind, string path)
    {
        (ITaskExecutor executor, JsonObject payload) = kind switch
        {
            "file-write" => ((ITaskExecutor)new FileWriteExecutor(), new JsonObject { ["path"] = path, ["content"] = "new" }),
            "file-edit" => (new FileEditExecutor(), new() { ["path"] = path, ["oldString"] = "old", ["newString"] = "new" }),
            "file-tar" => (new FileTarExecutor(), new() { ["path"] = folder.At("source"), ["target"] = path }),
            _ => (new FileUploadExecutor(), new()
            {
                ["path"] = path, ["upload"] = "u", ["offset"] = 0, ["content"] = "bmV3",
                ["pieceSha256"] = RegularFile.ComputeSha256("new"u8), ["fileSha256"] = RegularFile.ComputeSha256("new"u8),
            }),
        };
        using var attempt = new TestAttempt(kind, payload.ToJsonString(), folder.Path);
        return await attempt.Run(executor);
    }

    private static void Set(string path, string name, string hex) =>
        Python("import os,sys; os.setxattr(sys.argv[1], sys.argv[2], bytes.fromhex(sys.argv[3]))", path, name, hex);

    private static string Describe(string path) => Python(
        "import os,sys; p=sys.argv[1]; s=os.stat(p); print(oct(s.st_mode), s.st_uid, s.st_gid, "
        + "sorted((n, os.getxattr(p,n).hex()) for n in os.listxattr(p)))", path);

    private static string Python(string program, params string[] arguments)
    {
        using var python = Process.Start(new ProcessStartInfo("python3", ["-c", program, .. arguments]) { RedirectStandardOutput = true })!;
        var text = python.StandardOutput.ReadToEnd();
        python.WaitForExit();
        Assert.True(python.ExitCode == 0, string.Create(CultureInfo.InvariantCulture, $"python3 ended with {python.ExitCode}: {program}"));
        return text;
    }
}
